import assert from "node:assert/strict";
import fc from "fast-check";
import {
  caBundle,
  fingerprint,
  joinPem,
  normalizePem,
  rootsDigest,
  splitPem,
} from "../../components/trust";

const certificate = "-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n";
const key = "-----BEGIN EC PRIVATE KEY-----\nYg==\n-----END EC PRIVATE KEY-----\n";
const other = "-----BEGIN CERTIFICATE-----\nYw==\n-----END CERTIFICATE-----\n";

describe("normalizePem", () => {
  it("leaves what is normal as it is", () => {
    assert.equal(normalizePem(certificate), certificate);
  });

  it("brings line ends, blanks and final newlines to one form", () => {
    const forms = [
      certificate.replaceAll("\n", "\r\n"),
      certificate.replaceAll("\n", "\r"),
      certificate.trimEnd(),
      `\n\n${certificate}\n\n`,
      certificate.replaceAll("\n", " \n\t"),
    ];
    for (const form of forms) assert.equal(normalizePem(form), certificate);
  });

  it("ends in exactly one newline, has none in a row, and changes nothing twice", () => {
    const line = fc.constantFrom("\n", "\r\n", "\r", " ", "abc", "-----BEGIN X-----");
    fc.assert(
      fc.property(fc.array(line), (parts) => {
        const normal = normalizePem(parts.join(""));
        assert.equal(normalizePem(normal), normal);
        assert.doesNotMatch(normal, /\r|\n\n|^\n/);
        assert.ok(normal === "" || normal.endsWith("\n"));
      }),
    );
  });
});

describe("joinPem", () => {
  it("puts texts below each other, whatever their ends", () => {
    assert.equal(joinPem(certificate.trimEnd(), `${other}\n`), certificate + other);
  });
});

describe("caBundle", () => {
  it("is base64 of exactly the bytes of root-cert.pem", () => {
    const bundle = caBundle(certificate.replaceAll("\n", "\r\n"));
    assert.equal(Buffer.from(bundle, "base64").toString("utf8"), certificate);
  });
});

describe("splitPem", () => {
  it("finds certificate and key in either order, and ignores text around them", () => {
    const expected = { certificate, privateKey: key };
    assert.deepEqual(splitPem(certificate + key), expected);
    assert.deepEqual(splitPem(`subject=/CN=root\n${key}\n${certificate}`), expected);
    assert.deepEqual(splitPem((certificate + key).replaceAll("\n", "\r\n")), expected);
  });

  it("refuses what is not one certificate and one key, without showing it", () => {
    const message = (certificates: number, keys: number) =>
      `A provided root must be PEM with one CERTIFICATE and one unencrypted PRIVATE KEY; got ${certificates} and ${keys}.`;
    const cases: [string, string][] = [
      ["", message(0, 0)],
      [certificate, message(1, 0)],
      [key, message(0, 1)],
      [certificate + other + key, message(2, 1)],
      [certificate + key.replaceAll("EC PRIVATE", "ENCRYPTED PRIVATE"), message(1, 0)],
    ];
    for (const [bundle, expected] of cases) {
      assert.throws(() => splitPem(bundle), { message: expected });
    }
  });
});

describe("rootsDigest", () => {
  it("is of the bytes that stand in root-cert.pem, in their order", () => {
    const digest = rootsDigest(`${certificate}${other}`);
    assert.match(digest, /^[0-9a-f]{64}$/);
    assert.equal(rootsDigest(`${certificate}\r\n${other.trimEnd()}`), digest);
    const others = [certificate, other, `${other}${certificate}`].map(rootsDigest);
    assert.equal(new Set([digest, ...others]).size, 4);
  });
});

describe("fingerprint", () => {
  it("is of the certificate, however its PEM is written", () => {
    // SHA-256 of "a".
    const expected = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    assert.equal(fingerprint(certificate), expected);
    assert.equal(fingerprint(certificate.replaceAll("\n", "\r\n ")), expected);
    assert.notEqual(fingerprint(other), expected);
  });
});
