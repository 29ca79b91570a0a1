import NIOSSL
import SinkholeCertificates

/// A certificate that the site has for the notice page's own name, from whichever authority.
package struct OwnCertificate: Sendable {
  let host: String
  let context: NIOSSLContext

  /// - Parameters:
  ///   - host: the host of `notice.url`.
  ///   - chain: a file in PEM: the leaf, then what signed it.
  ///   - key: a file in PEM that its owner alone may read.
  /// - Throws: `CertificateError`.
  package init(host: String, chain: String, key: String) throws(CertificateError) {
    let chainOctets = try PrivateFile.read(chain, limit: 1 << 20, mayBeShared: true)
    let keyOctets = try PrivateFile.read(key, limit: 1 << 20)
    do {
      let certificates = try NIOSSLCertificate.fromPEMBytes(chainOctets)
      let privateKey = try NIOSSLPrivateKey(bytes: keyOctets, format: .pem)
      context = try TLSForm.context(certificates, privateKey, linger: .seconds(1))
      self.host = host
    } catch {
      throw CertificateError(
        .malformed, "\(chain) and \(key) are no certificate with its key: \(error)",
        remedy: "Give a chain and an unencrypted key in PEM that belong together.")
    }
  }
}

/// How TLS is spoken: 1.2 and 1.3, with the library's own choice of ciphers.
enum TLSForm {
  static func context(
    _ chain: [NIOSSLCertificate], _ key: NIOSSLPrivateKey, linger: Duration
  ) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["h2", "http/1.1"]
    configuration.shutdownTimeout = .init(linger)
    return try NIOSSLContext(configuration: configuration)
  }
}
