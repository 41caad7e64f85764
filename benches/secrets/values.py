"""Values for the labelled corpus: made up anew from a seed, so the repository holds none of them."""

import base64
import json
import uuid
import zlib

LOWER = "abcdefghijklmnopqrstuvwxyz"
UPPER = LOWER.upper()
DIGIT = "0123456789"
ALNUM = LOWER + UPPER + DIGIT

WORDS = """amber anchor autumn badger bakery barrel basil beacon bishop bramble bridge bronze cactus candle canyon
carbon castle cedar cherry cobalt comet copper coral cotton crystal dagger daisy delta denim desert diesel dragon
eagle echo ember falcon fern fiddle forest fossil galaxy garden garlic ginger glacier granite harbor hazel helmet
heron hollow honey hornet indigo island ivory jacket jasmine jungle kernel kettle ladder lagoon lantern lemon lily
linen lobster magnet maple marble meadow melon meteor mirror monkey mountain mustard nectar needle ocean olive onyx
orbit orchid otter oyster panther parcel pebble pepper pigeon pillow pirate planet plum pocket prairie puzzle quartz
rabbit radish raven ribbon river rocket saddle saffron salmon satin shadow silver sparrow spice spruce summer sunset
tablet temple thistle thunder tiger timber tulip tundra turbo velvet violet walnut willow winter wizard yellow zebra
zenith""".split()
SERVICES = """billing warehouse crm mailer payments orders search inventory shipping reports analytics chat partner
loyalty invoice ledger gateway catalog booking support media geo push survey""".split()
NOUNS = """password passwd api_key api_token secret_key client_secret access_token auth_token secret signing_key
encryption_key webhook_secret private_key db_password admin_password access_key smtp_password jwt_secret""".split()
HARMLESS_NOUNS = """secret_name key_size token_ttl password_min_length key_path token_url auth_method secret_version
key_id token_type password_policy key_prefix public_key token_count secret_ref key_alias password_field auth_mode""".split()
USERS = "app shop svc admin deploy mara jonas priya report etl ci backup".split()
ZONES = "corp.net shopworks.io kestrel.dev northwind.cloud fjordbank.eu".split()


class Values:
    """Every kind of value by its name; `make("alnum 32")`, `make("b64 provider")`."""

    def __init__(self, rng):
        self.rng = rng

    def make(self, spec):
        kind, *rest = spec.split(" ")
        made = getattr(self, kind.replace("-", "_"))
        if kind in NESTING:
            return made(self.make(" ".join(rest)))
        return made(*rest)

    def of(self, characters, n):
        return "".join(self.rng.choice(characters) for _ in range(int(n)))

    def one(self, *choices):
        return self.rng.choice(choices)

    # plain material

    def alnum(self, n):
        return self.of(ALNUM, n)

    def lower(self, n):
        return self.of(LOWER + DIGIT, n)

    def upper(self, n):
        return self.of(UPPER + DIGIT, n)

    def digits(self, n):
        return self.of(DIGIT, n)

    def hex(self, n):
        return self.of("0123456789abcdef", n)

    def bytes(self, n):
        return bytes(self.rng.getrandbits(8) for _ in range(int(n)))

    def base64(self, n):
        return base64.b64encode(self.bytes(n)).decode()

    def base64url(self, n):
        return base64.urlsafe_b64encode(self.bytes(n)).decode().rstrip("=")

    def uuid(self):
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def number(self, low, high):
        return str(self.rng.randint(int(low), int(high)))

    def word(self):
        return self.rng.choice(WORDS)

    def Word(self):
        return self.word().capitalize()

    def service(self):
        return self.rng.choice(SERVICES)

    def user(self):
        return self.rng.choice(USERS)

    def host(self):
        return f"{self.service()}.{self.rng.choice(ZONES)}"

    def date(self):
        return f"20{self.rng.randint(19, 26)}-{self.rng.randint(1, 12):02}-{self.rng.randint(1, 28):02}"

    def version(self):
        return ".".join(str(self.rng.randint(0, 30)) for _ in range(3))

    # names

    def parts(self, nouns):
        noun = self.rng.choice(nouns).split("_")
        return ([self.service()] if self.rng.random() < 0.7 else []) + noun

    def name(self):
        return "_".join(self.parts(NOUNS))

    def NAME(self):
        return self.name().upper()

    def camel(self):
        first, *rest = self.parts(NOUNS)
        return first + "".join(part.capitalize() for part in rest)

    def Pascal(self):
        return "".join(part.capitalize() for part in self.parts(NOUNS))

    def kebab(self):
        return "-".join(self.parts(NOUNS))

    def dotted(self):
        return f"{self.service()}.{self.kebab()}"

    def harmless(self):
        return "_".join(self.parts(HARMLESS_NOUNS))

    def HARMLESS(self):
        return self.harmless().upper()

    # secrets

    def random(self):
        """What a program made: the common shapes of keys."""
        shape = self.rng.choice(["alnum 20", "alnum 24", "alnum 32", "alnum 40", "alnum 48", "hex 32", "hex 40",
                                 "hex 64", "lower 32", "lower 24", "base64 24", "base64 32", "base64 48",
                                 "base64url 24", "base64url 32", "base64url 48"])
        return self.make(shape)

    def plainrandom(self):
        """The same without signs."""
        return self.make(self.rng.choice(["alnum 16", "alnum 20", "alnum 24", "alnum 32", "lower 20", "hex 32"]))

    def strong(self):
        """What a password manager made."""
        signs = "!#%^*_-+=?"
        text = [self.rng.choice(c) for c in (LOWER, UPPER, DIGIT, signs)]
        text += [self.rng.choice(ALNUM + signs) for _ in range(self.rng.randint(8, 16))]
        self.rng.shuffle(text)
        return "".join(["K" if text[0] in signs else text[0]] + text[1:])

    def human(self):
        """What a person made up: a word or two, a number, a sign."""
        a, b = self.word(), self.word()
        n = self.rng.randint(1, 9999)
        return self.rng.choice([f"{a.capitalize()}{n}!", f"{a}{b}{n}", f"{a.capitalize()}@{n}", f"{a}-{b}-{n}",
                                f"{a.capitalize()}{b.capitalize()}{n}", f"{leet(a)}{n}!", f"{leet(a)}_{leet(b)}",
                                f"{a}.{b}#{n}"])

    def phrase(self):
        return self.rng.choice(["-", " ", ".", "_"]).join(self.rng.choice(WORDS) for _ in range(self.rng.randint(4, 6)))

    def github(self, prefix="ghp"):
        body = self.alnum(30)
        return f"{prefix}_{body}{base62(zlib.crc32(body.encode()))}"

    def aws_id(self):
        return "AKIA" + self.of(UPPER + "234567", 16)

    def aws_secret(self):
        return base64.b64encode(self.bytes(30)).decode()

    def jwt(self):
        def part(value):
            return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")
        head = {"alg": self.rng.choice(["HS256", "RS256", "ES256"]), "typ": "JWT"}
        body = {"sub": self.uuid(), "iss": f"https://{self.host()}", "exp": self.rng.randint(17e8, 19e8),
                "scope": "orders:write"}
        return f"{part(head)}.{part(body)}.{self.base64url(32)}"

    def provider(self):
        """A token that says by its form who gave it out."""
        r = self.rng
        return r.choice([
            lambda: self.github("ghp"), lambda: self.github("gho"), lambda: self.github("ghs"),
            lambda: "glpat-" + self.of(ALNUM + "_-", 19) + "7",
            lambda: "xoxb-" + self.digits(12) + "-" + self.digits(13) + "-" + self.alnum(24),
            lambda: "xoxp-" + "-".join([self.digits(12), self.digits(12), self.digits(13), self.hex(32)]),
            lambda: "sk_" + "live_" + self.alnum(r.choice([24, 99])),
            lambda: "SG." + self.base64url(16) + "." + self.base64url(32),
            lambda: "AIza" + "Sy" + self.of(ALNUM + "_-", 32) + "k",
            lambda: "npm_" + self.checked_npm(),
            lambda: "pypi-" + "AgEIcHlwaS5vcmcC" + self.base64url(120),
            lambda: "dop_" + "v1_" + self.hex(64),
            lambda: "hf_" + self.of(LOWER + UPPER, 34),
            lambda: "sk-ant-" + "api03-" + self.of(ALNUM + "_-", 93) + "AA",
            lambda: "shpat_" + self.hex(32),
            lambda: "PMAK-" + self.hex(24) + "-" + self.hex(34),
            lambda: "dapi" + self.hex(32),
            lambda: "pul-" + self.hex(40),
            lambda: "dp.pt." + self.alnum(43),
            lambda: "lin_" + "api_" + self.alnum(40),
            lambda: "glsa_" + self.alnum(32) + "_" + self.hex(8),
            lambda: "hvs." + self.base64url(72),
            lambda: "rubygems_" + self.hex(48),
            lambda: "https://hooks.slack" + ".com/services/T" + self.upper(9) + "/B" + self.upper(9) + "/" + self.alnum(24),
            self.aws_id,
            self.jwt,
        ])()

    def token(self):
        """A provider's token without dots or slashes, for places that bear none."""
        while True:
            token = self.provider()
            if not set("./") & set(token):
                return token

    def checked_npm(self):
        body = self.alnum(30)
        return body + base62(zlib.crc32(body.encode()))

    def ec_key(self):
        """A P-256 key in SEC1, in armour."""
        secret, point = self.bytes(32), b"\x04" + self.bytes(64)
        curve = der(0xA0, bytes.fromhex("06082a8648ce3d030107"))
        return armour("EC PRIVATE KEY", der(0x30, b"\x02\x01\x01" + der(4, secret) + curve
                                            + der(0xA1, der(3, b"\0" + point))))

    def rsa_key(self):
        p, q = self.prime(256), self.prime(256)
        n, e = p * q, 65537
        d = pow(e, -1, (p - 1) * (q - 1))
        numbers = [0, n, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p)]
        return armour("RSA PRIVATE KEY", der(0x30, b"".join(map(integer, numbers))))

    def oneline(self, block):
        return block.replace("\n", "\\n")

    def prime(self, bits):
        while True:
            n = self.rng.getrandbits(bits) | 3 << (bits - 2) | 1
            if n % 65537 != 1 and all(n % small for small in (3, 5, 7, 11, 13)) and all(
                    pow(base, n - 1, n) == 1 for base in (2, 3, 5)):
                return n

    # what is no secret

    def placeholder(self):
        word = self.service()
        return self.rng.choice([
            "changeme", "CHANGE_ME", "ChangeMe123!", "your-api-key-here", "YOUR_API_KEY", f"your_{word}_token",
            f"<{word}-api-key>", "<password>", "REPLACE_ME", "replace-with-real-key-1", "xxxxxxxxxxxxxxxx", "XXXX-XXXX-XXXX",
            "********", "TODO", "TBD", "insert-your-token-here", "fill_me_in", "not-a-real-key-123", "dummy-token-1234",
            "redacted", "[REDACTED]", "sk_live_xxxxxxxxxxxxxxxxxxxx", "ghp_" + "x" * 36, "example-secret-key-42",
            "my-super-secret-token", "s3cr3t", "supersecret", "password", "password123", "letmein", "abc123",
            "abcdefghijklmnopqrstuvwxyz123456", "0123456789abcdef0123456789abcdef", "00000000000000000000000000000000",
            "AKIA" + "IOSFODNN7" + "EXAMPLE", "wJalrXUtnFEMI/" + "K7MDENG/bPxRfiCY" + "EXAMPLEKEY",
            "<your client secret>", "...", "test_token_123", "secret-goes-here", "fakefakefakefake1234",
        ])

    def reference(self):
        """Where the value is, not the value."""
        name = self.NAME()
        return self.rng.choice([
            f"${{{name}}}", f"${name}", f"$({name})", f"{{{{ {name.lower()} }}}}", f"%({name})s", f"%{name}%",
            f"${{{name}:-}}", f"<%= ENV['{name}'] %>", f"vault:secret/data/{self.service()}#{self.name()}",
            f"op://{self.word()}/{self.service()}/password", f"arn:aws:secretsmanager:eu-west-1:{self.digits(12)}:secret:"
            f"{self.service()}-{self.alnum(6)}", f"/run/secrets/{self.name()}", f"file:///etc/{self.service()}/token",
            f"ssm:/prod/{self.service()}/{self.name()}", f"@Microsoft.KeyVault(SecretUri=https://{self.word()}.vault.azure.net/"
            f"secrets/{self.kebab()}/{self.hex(32)})", f"projects/{self.word()}-{self.digits(4)}/secrets/{self.kebab()}/versions/3",
            f"#{{{self.dotted()}}}#", f"${{{{ secrets.{name} }}}}", f"env:{name}", f"{{cipher}}{self.hex(64)}",
        ])

    def encrypted(self):
        return self.rng.choice([
            lambda: f"ENC[AES256_GCM,data:{self.base64(18)},iv:{self.base64(32)},tag:{self.base64(16)},type:str]",
            lambda: f"$2b$12${self.of(ALNUM + './', 53)}",
            lambda: f"$argon2id$v=19$m=65536,t=3,p=4${self.base64url(16)}${self.base64url(32)}",
            lambda: f"pbkdf2_sha256$600000${self.alnum(22)}${self.base64(32)}",
            lambda: f"$6$rounds=5000${self.alnum(16)}${self.of(ALNUM + './', 86)}",
            lambda: f"AQICAH{self.base64(120)}",
            lambda: f"ENC({self.base64(24)})",
        ])()

    def certificate(self):
        return armour("CERTIFICATE", der(0x30, self.bytes(400)))

    def public_key(self):
        return armour("PUBLIC KEY", bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004") + self.bytes(64))

    def ssh_public(self):
        return "ssh-ed25519 " + base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0 " + self.bytes(32)).decode()

    def image(self):
        return "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA" + self.base64(int(self.number(90, 240)))

    def minified(self):
        """A stretch of a bundle."""
        v = lambda: self.of(LOWER, 1)
        part = lambda: self.rng.choice([
            f"function {v()}({v()},{v()}){{return {v()}.token=={v()}.key?{v()}.auth:void 0}}",
            f"var {v()}={{key:\"{self.word()}{self.Word()}\",password:!0,secret:{v()}.secret,type:\"{self.word()}\"}}",
            f"{v()}.exports={{\"{self.word()}\":\"{self.word()}_{self.alnum(5)}\",authToken:\"_{self.alnum(5)}\"}}",
            f"{v()}.prototype.setPassword=function({v()}){{this.password={v()}||\"\"}}",
            f"\"{self.hex(20)}\"==={v()}&&(key=\"{self.word()}-{self.digits(3)}\")",
            f"{v()}[\"auth\"]=\"__{self.word()}__\"",
        ])
        return ";".join(part() for _ in range(12))

    # encodings

    def b64(self, text):
        return base64.b64encode(text.encode()).decode()

    def b64u(self, text):
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def hexed(self, text):
        return text.encode().hex()

    def percent(self, text):
        return "".join(c if c.isalnum() and self.rng.random() < 0.6 else f"%{ord(c):02X}" for c in text)

    def unicode(self, text):
        return "".join(f"\\u{ord(c):04x}" for c in text)

    def escaped(self, text):
        return "".join(f"\\x{ord(c):02x}" for c in text)


NESTING = {"b64", "b64u", "hexed", "percent", "unicode", "escaped", "oneline"}


def leet(word):
    return word.translate(str.maketrans("aeiost", "4310$7")).capitalize()


def base62(number):
    digits = DIGIT + UPPER + LOWER
    return "".join(digits[number // 62**place % 62] for place in range(5, -1, -1))


def der(tag, body):
    size = len(body)
    length = bytes([size]) if size < 128 else (lambda b: bytes([0x80 | len(b)]) + b)(
        size.to_bytes((size.bit_length() + 7) // 8, "big"))
    return bytes([tag]) + length + body


def integer(number):
    return der(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def armour(kind, body):
    text = base64.b64encode(body).decode()
    lines = [text[at:at + 64] for at in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----"])
