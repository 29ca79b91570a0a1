import SwiftASN1
import X509

/// The root in the forms in which clients are told to trust it. docs/certificates.md says how each is handed out.
package struct ClientFiles {
  package static let names = ["root.der", "root.mobileconfig", "firefox-policies.json", "chromium-policy.json"]

  private let root: RootCertificate
  /// The DER form in base 64: what stands between the lines of a PEM.
  private let base64: String

  package init(_ root: RootCertificate) {
    self.root = root
    base64 = root.pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
  }

  /// Writes them beside `root.pem`; what is there of an earlier time is replaced.
  /// - Throws: `unwritable`.
  package func write(to folder: String) throws(CertificateError) {
    let texts = [mobileConfiguration, firefox, chromium].map { Array($0.utf8) }
    for (name, octets) in zip(ClientFiles.names, [root.der] + texts) {
      try PrivateFile.replace("\(folder)/\(name)", with: octets, mode: 0o644)
    }
  }

  /// A profile for macOS and iOS.
  var mobileConfiguration: String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
    <plist version="1.0">
    <dict>
      <key>PayloadContent</key>
      <array>
        <dict>
          <key>PayloadCertificateFileName</key>
          <string>root.der</string>
          <key>PayloadContent</key>
          <data>\(base64)</data>
          <key>PayloadDescription</key>
          <string>The root of the notice page for restricted sites.</string>
          <key>PayloadDisplayName</key>
          <string>Sinkhole root</string>
          <key>PayloadIdentifier</key>
          <string>internal.sinkhole.root.certificate</string>
          <key>PayloadType</key>
          <string>com.apple.security.root</string>
          <key>PayloadUUID</key>
          <string>\(ClientFiles.uuid())</string>
          <key>PayloadVersion</key>
          <integer>1</integer>
        </dict>
      </array>
      <key>PayloadDisplayName</key>
      <string>Sinkhole root</string>
      <key>PayloadIdentifier</key>
      <string>internal.sinkhole.root</string>
      <key>PayloadRemovalDisallowed</key>
      <false/>
      <key>PayloadType</key>
      <string>Configuration</string>
      <key>PayloadUUID</key>
      <string>\(ClientFiles.uuid())</string>
      <key>PayloadVersion</key>
      <integer>1</integer>
    </dict>
    </plist>

    """
  }

  /// `policies.json` of Firefox. The file name is looked for in Mozilla's certificate folders.
  var firefox: String {
    """
    {
      "policies": {
        "Certificates": {
          "ImportEnterpriseRoots": true,
          "Install": ["sinkhole-root.pem"]
        }
      }
    }

    """
  }

  /// A managed policy of Chromium and Chrome.
  var chromium: String {
    """
    {
      "CACertificates": ["\(base64)"]
    }

    """
  }

  /// A random one (RFC 9562 section 5.4).
  private static func uuid() -> String {
    var generator = SystemRandomNumberGenerator()
    var octets = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    octets[6] = octets[6] & 0x0F | 0x40
    octets[8] = octets[8] & 0x3F | 0x80
    let digits = octets.map {
      String($0 >> 4, radix: 16, uppercase: true) + String($0 & 15, radix: 16, uppercase: true)
    }
    return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }.joined(separator: "-")
  }
}
