import Crypto
import CryptoExtras
import SwiftASN1

/// A private key under a password: PKCS#8 EncryptedPrivateKeyInfo (RFC 5958) in PEM, by PBES2 (RFC 8018) with
/// PBKDF2-HMAC-SHA-256 and AES-256-CBC. `openssl pkey` reads it.
///
///     SEQUENCE { SEQUENCE { pbes2, SEQUENCE {
///       SEQUENCE { pbkdf2, SEQUENCE { salt OCTET STRING, rounds INTEGER, SEQUENCE { hmacWithSHA256, NULL } } },
///       SEQUENCE { aes256-CBC, iv OCTET STRING } } },
///       encrypted PrivateKeyInfo OCTET STRING }
enum EncryptedKey {
  static let label = "ENCRYPTED PRIVATE KEY"
  /// What OWASP asks of PBKDF2 with SHA-256: some 0.3 s for us, and for each guess of a thief.
  static let rounds = 600_000
  /// A file may not ask for more: it would hold us up for minutes.
  private static let maximumRounds = 20_000_000
  private static let saltLength = 16
  private static let blockLength = 16

  private static let pbes2: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 5, 13]
  private static let pbkdf2: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 5, 12]
  private static let hmacSHA256: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 2, 9]
  private static let aes256CBC: ASN1ObjectIdentifier = [2, 16, 840, 1, 101, 3, 4, 1, 42]

  /// - Parameters:
  ///   - key: PrivateKeyInfo in DER.
  ///   - rounds: fewer than `EncryptedKey.rounds` for tests alone.
  static func encrypt(_ key: [UInt8], _ password: Password, rounds: Int = rounds) throws -> PEMDocument {
    var generator = SystemRandomNumberGenerator()
    let salt = (0..<saltLength).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    let vector = (0..<blockLength).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    let cipher = try AES._CBC.encrypt(
      key, using: derive(password, salt: salt, rounds: rounds), iv: AES._CBC.IV(ivBytes: vector))
    var serializer = DER.Serializer()
    try serializer.appendConstructedNode(identifier: .sequence) { info in
      try info.appendConstructedNode(identifier: .sequence) { algorithm in
        try algorithm.serialize(pbes2)
        try algorithm.appendConstructedNode(identifier: .sequence) { parameters in
          try parameters.appendConstructedNode(identifier: .sequence) { derivation in
            try derivation.serialize(pbkdf2)
            try derivation.appendConstructedNode(identifier: .sequence) { values in
              try values.serialize(ASN1OctetString(contentBytes: salt[...]))
              try values.serialize(rounds)
              try values.appendConstructedNode(identifier: .sequence) { function in
                try function.serialize(hmacSHA256)
                try function.serialize(ASN1Null())
              }
            }
          }
          try parameters.appendConstructedNode(identifier: .sequence) { scheme in
            try scheme.serialize(aes256CBC)
            try scheme.serialize(ASN1OctetString(contentBytes: vector[...]))
          }
        }
      }
      try info.serialize(ASN1OctetString(contentBytes: ArraySlice([UInt8](cipher))))
    }
    return PEMDocument(type: label, derBytes: serializer.serializedBytes)
  }

  /// PrivateKeyInfo in DER; nil when the password is not the one it was encrypted with, or the file was changed.
  /// - Throws: not of the form above.
  static func decrypt(_ der: [UInt8], _ password: Password) throws -> [UInt8]? {
    let (salt, rounds, vector, cipher) = try DER.sequence(try DER.parse(der), identifier: .sequence) { info in
      let (salt, rounds, vector) = try inner(&info) { algorithm in
        try expect(pbes2, &algorithm)
        return try inner(&algorithm) { parameters in
          let (salt, rounds) = try inner(&parameters) { derivation in
            try expect(pbkdf2, &derivation)
            return try inner(&derivation) { values in
              let salt = try ASN1OctetString(derEncoded: &values)
              let rounds = try Int(derEncoded: &values)
              try inner(&values) { function in
                try expect(hmacSHA256, &function)
                _ = try ASN1Null(derEncoded: &function)
              }
              return (salt, rounds)
            }
          }
          let vector = try inner(&parameters) { scheme in
            try expect(aes256CBC, &scheme)
            return try ASN1OctetString(derEncoded: &scheme)
          }
          return (salt, rounds, vector)
        }
      }
      return (salt, rounds, vector, try ASN1OctetString(derEncoded: &info))
    }
    guard (1...maximumRounds).contains(rounds), vector.bytes.count == blockLength else {
      throw ASN1Error.invalidASN1Object(reason: "rounds or vector out of bounds")
    }
    let key = try derive(password, salt: Array(salt.bytes), rounds: rounds)
    // A wrong password leaves wrong padding, or now and then what is no key: that is found when it is read.
    guard let plain = try? AES._CBC.decrypt(cipher.bytes, using: key, iv: AES._CBC.IV(ivBytes: vector.bytes)) else {
      return nil
    }
    return [UInt8](plain)
  }

  /// The next node, taken apart.
  private static func inner<Result>(
    _ nodes: inout ASN1NodeCollection.Iterator, _ body: (inout ASN1NodeCollection.Iterator) throws -> Result
  ) throws -> Result {
    guard let node = nodes.next() else { throw ASN1Error.invalidASN1Object(reason: "a sequence is missing") }
    return try DER.sequence(node, identifier: .sequence, body)
  }

  private static func derive(_ password: Password, salt: [UInt8], rounds: Int) throws -> SymmetricKey {
    try KDF.Insecure.PBKDF2.deriveKey(
      from: password.octets, salt: salt, using: .sha256, outputByteCount: 32, unsafeUncheckedRounds: rounds)
  }

  private static func expect(_ identifier: ASN1ObjectIdentifier, _ nodes: inout ASN1NodeCollection.Iterator) throws {
    let found = try ASN1ObjectIdentifier(derEncoded: &nodes)
    guard found == identifier else { throw ASN1Error.invalidASN1Object(reason: "\(found), expected \(identifier)") }
  }
}
