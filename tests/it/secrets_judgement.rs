//! What is taken for a secret, how sure that is, and where it is looked for, through the binary.

use crate::sandbox::Sandbox;
use crate::templates::expand;
use serde_json::Value;

/// The findings of the secrets engine: rule, line, confidence, message.
fn findings(path: &str, text: &str) -> Vec<(String, u64, String, String)> {
    let report = Sandbox::with(&[(path, text)]).scan(&["--format", "json"]).json();
    let all = report["findings"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    all.filter(|finding| finding["engine"] == "secrets")
        .map(|finding| {
            let line = finding["span"]["start_line"].as_u64().unwrap();
            let rule = text(&finding["rule"]["id"]);
            (rule, line, text(&finding["confidence"]), text(&finding["message"]))
        })
        .collect()
}

fn lines(path: &str, text: &str) -> Vec<u64> {
    findings(path, text).into_iter().map(|(_, line, ..)| line).collect()
}

fn confidence(path: &str, text: &str) -> String {
    let found = findings(path, text);
    assert_eq!(found.len(), 1, "{text}: {found:?}");
    found[0].2.clone()
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let chunks = text.as_bytes().chunks(3);
    let of_chunk = |chunk: &[u8]| {
        let bits = (0..3)
            .fold(0u32, |bits, at| bits << 8 | u32::from(chunk.get(at).copied().unwrap_or(0)));
        let digit = move |at: usize| char::from(DIGITS[(bits >> (18 - 6 * at)) as usize & 63]);
        (0..4).map(|at| if at <= chunk.len() { digit(at) } else { '=' }).collect::<String>()
    };
    chunks.map(of_chunk).collect()
}

#[test]
fn name_value_and_place_make_the_confidence() {
    let random = expand("API_SECRET = '{{alnum 32}}'\n");
    assert_eq!(confidence("app.py", &random), "medium");
    assert_eq!(confidence("tests/test_app.py", &random), "low");
    assert_eq!(confidence("app.py", "db_password = 'Lantern2031!'\n"), "low");
    assert_eq!(lines("tests/test_app.py", "db_password = 'Lantern2031!'\n"), [0; 0]);
    assert_eq!(lines("app.py", "db_key_secret = 'Lantern2031!'\n"), [0; 0]);
}

#[test]
fn every_way_to_write_a_value_down() {
    let value = expand("{{alnum 24}}");
    for (path, text, line) in [
        ("settings.xml", format!("<s>\n<password>{value}</password>\n</s>"), 2),
        ("web.config", format!("<add key=\"ApiSecret\" value=\"{value}\" />"), 1),
        ("pod.yaml", format!("env:\n  - name: API_TOKEN\n    value: {value}\n"), 3),
        ("app.yaml", format!("api_token: >-\n  {value}\n"), 2),
        ("main.tf", format!("variable \"api_token\" {{\n  default = \"{value}\"\n}}"), 2),
        ("Dockerfile", format!("FROM x\nENV API_TOKEN {value}\n"), 2),
        ("run.sh", format!("load --api-token {value} --verbose\n"), 1),
        ("run.sh", format!("load --api-token={value} --verbose\n"), 1),
        (".netrc", format!("machine m.net login me password {value}\n"), 1),
        ("seed.sql", format!("CREATE USER me IDENTIFIED BY '{value}';\n"), 1),
        ("App.java", format!("client.setPassword(\"{value}\");\n"), 1),
        ("a.cs", format!("var c = \"Server=s.net;User Id=me;Password={value};Encrypt=true\";"), 1),
        ("a.py", format!("h = {{'Authorization': 'Bearer {value}'}}\n"), 1),
        ("build.gradle", format!("release {{\n  storePassword \"{value}\"\n}}\n"), 2),
        ("setup.bat", format!("setx API_TOKEN {value} /M\r\n"), 1),
        ("setup.bat", format!("set API_TOKEN={value}\r\n"), 1),
        ("a.fish", format!("set -gx API_TOKEN {value}\n"), 1),
        ("a.h", format!("#define API_TOKEN \"{value}\"\n"), 1),
        ("a.py", format!("get(url, auth=('me', '{value}'))\n"), 1),
        ("a.py", format!("get(url, auth=HTTPBasicAuth('me', '{value}'))\n"), 1),
        ("a.yaml", format!("passwords:\n  - {value}\n  - changeme\n"), 2),
        ("a.json", format!("{{\"api_keys\": [\n\"{value}\"\n]}}"), 2),
        ("a.sh", format!("mysqldump -ume -p{value} shop | gzip > shop.gz\n"), 1),
        ("a.properties", format!("url=jdbc:oracle:thin:me/{value}@db.corp.net:1521:shop\n"), 1),
    ] {
        assert_eq!(lines(path, &text), [line], "{text}");
    }
}

#[test]
fn what_only_looks_like_a_secret_is_quiet() {
    let quiet = [
        ("app.py", "secret_name = 'shop/{{alnum 20}}'\nkey_id = '{{hex 32}}'\n"),
        ("app.py", "api_key = 'replace-{{alnum 20}}'\napi_key = '<{{alnum 20}}>'\n"),
        ("app.py", "password = tokens[position1]\npassword = get_password(user1)\n"),
        ("app.py", "password = 'pbkdf2_sha256$600000${{alnum 22}}${{base64 43}}='\n"),
        (
            "a.yaml",
            "password: ENC[AES256_GCM,data:{{base64 20}}]\nsecret_key: ${KEY_{{alnum 20}}}\n",
        ),
        ("de.json", "{\"password\": \"Passwort2\", \"password_hint\": \"8 Zeichen, 1 Zahl\"}\n"),
        ("yarn.lock", "auth-token:\n  integrity sha512-{{base64 86}}==\n"),
        ("web/app.min.js", "var token=\"{{alnum 32}}\";\n"),
        ("app.ts", "const icon_token = 'data:image/png;base64,iVBORw0KGgo{{base64 80}}';\n"),
        ("app.py", "get(url, auth=(user1, password1))\nauth: Tuple[str, str] = ('a', 'b')\n"),
        (
            "build.gradle",
            "storePassword System.getenv(\"STORE_PASSWORD_2\")\nkeyPassword \"${x2}\"\n",
        ),
        ("setup.bat", "setx API_TOKEN %OTHER_TOKEN_2%\nset /p DB_PASSWORD=Enter password 2:\n"),
        ("a.sh", "mysql -p {{alnum 24}}\nmysql -p\"$PASSWORD2\"\nmysql -P3306 -uroot2\n"),
        (
            "a.yaml",
            "secrets:\n  - db-password-2\n  - name: {{alnum 24}}\npublic_keys:\n  - {{alnum 32}}\n",
        ),
        ("a.json", "{\"password\": \"Mot de passe n\\u00b02\"}\n"),
        ("app.py", "token_sha256 = '{{hex 64}}'\nassert api_hash == '{{hex 40}}'\n"),
    ];
    for (path, text) in quiet {
        let text = expand(text);
        assert_eq!(lines(path, &text), [0; 0], "{text}");
    }
}

#[test]
fn an_encoded_token_is_found_and_hidden() {
    let token = expand("{{github ghp}}");
    let hex: String = token.bytes().map(|byte| format!("{byte:02x}")).collect();
    let escapes: String = token.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    for (encoded, how) in [
        (base64(&token), "written in base 64"),
        (base64(&format!("{{\"user\": \"me\", \"pat\": \"{token}\"}}")), "written in base 64"),
        (base64(&base64(&token)), "written in base 64; written in base 64"),
        (hex, "written in hexadecimal digits"),
        (format!("%67{}%20", &token[1..]), "written in percent-encoding"),
        (escapes, "written in character escapes"),
    ] {
        let text = format!("first = 1\nblob = '{encoded}'\n");
        let found = findings("a.py", &text);
        assert_eq!(found.len(), 1, "{encoded}: {found:?}");
        assert_eq!((found[0].0.as_str(), found[0].1), ("github-pat", 2));
        assert!(found[0].3.ends_with(how), "{}", found[0].3);
        let run = Sandbox::with(&[("a.py", &text)]).scan(&[]);
        assert!(!format!("{run:?}").contains(&encoded));
    }
}

#[test]
fn a_value_with_escapes_is_judged_by_what_it_says() {
    let plain = "{\"password\": \"Lantern2031!\"}\n";
    let written = "{\"password\": \"\\u004cantern2031\\u0021\"}\n";
    let found = findings("a.json", written);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].3.ends_with("written in character escapes"), "{}", found[0].3);
    let sandbox = Sandbox::with(&[("a.json", plain), ("b.json", written)]);
    let run = sandbox.scan(&[]).says("same secret in: 1 more place: b.json:1:15");
    assert!(!format!("{run:?}").contains("antern2031"));
    // All of it is masked, also what stands behind an escape.
    let sandbox = Sandbox::with(&[("c.json", "{\"password\": \"tR7!k\\/Qz9#mW2\"}\n")]);
    let run = sandbox.scan(&[]).says("c.json:1:15");
    assert!(!format!("{run:?}").contains("Qz9#mW2"));
    let token = expand("{{github ghp}}");
    let escaped = format!("blob = '\\u0067{}'\n", &token[1..]);
    assert_eq!(findings("a.py", &escaped)[0].0, "github-pat");
}

#[test]
fn a_secret_of_kubernetes_is_as_sure_in_json() {
    let value = base64("tR7!kQz9#mW2");
    let json = format!("{{\"data\": {{\"pin\": \"{value}\"}},\n\"kind\": \"Secret\"}}\n");
    let yaml = format!("kind: Secret\ndata:\n  pin: {value}\n");
    assert_eq!(confidence("secret.json", &json), confidence("secret.yaml", &yaml));
}

#[test]
fn decoding_ends() {
    let mut text = expand("{{github ghp}}");
    for _ in 0..3 {
        text = base64(&text);
    }
    assert_eq!(findings("a.txt", &text).len(), 1);
    assert_eq!(findings("a.txt", &base64(&text)).len(), 0);
}

#[test]
fn one_secret_in_many_places_is_told_as_one() {
    let token = expand("{{github ghp}}");
    let other = expand("   {{github ghp}}");
    let sandbox = Sandbox::with(&[
        ("a.py", &format!("a = '{token}'\n")),
        ("b.yaml", &format!("b: {}\n", base64(&token))),
        ("c.sh", &format!("c={other}\n")),
    ]);
    sandbox
        .scan(&[])
        .says("same secret in: 1 more place: b.yaml:1:4")
        .says("same secret in: 1 more place: a.py:1:6");
    let report = sandbox.scan(&["--format", "json"]).json();
    let mut prints: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["fingerprint"].as_str().unwrap())
        .collect();
    prints.dedup();
    assert_eq!(prints.len(), 3);
}
