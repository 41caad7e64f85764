//! Calls whose arguments are known.

use super::broken;

#[test]
fn numbers() {
    assert_eq!(
        broken(
            r#"
            abs -2.5 => 2.5
            ceil -0.4 => 0
            floor "3.7" => 3
            log 8, 2 => 3
            log 0, 10 => error
            max 1, "5", 3 => 5
            min 2, -1 => -1
            max => error
            parseint "ff", 16 => 255
            parseint "-FF", 16 => -255
            parseint "zZ", 62 => 2231
            parseint "12", 2 => error
            parseint "", 10 => error
            pow 2, 0.5 => 1.4142135623730951
            signum -7 => -1
            core::abs -1 => 1
            provider::aws::arn_parse "arn" => "?"
            abs null => error
            abs "x" => error
            "#
        ),
        ""
    );
}

#[test]
fn texts() {
    assert_eq!(
        broken(
            r#"
            chomp "a\r\n\n" => "a"
            endswith "logs-eu", "-eu" => true
            indent 2, "a\nb\n" => "a\n  b\n  "
            join ", ", ["a", 1, true], ["b"] => "a, 1, true, b"
            join ",", [null] => error
            length "e\u0301\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67" => 2
            lower "\u0130STANBUL" => "istanbul"
            upper "stra\u00dfe" => "STRA\u00dfE"
            title "hello my-world it's_me" => "Hello My-World It'S_me"
            split ",", "a,,b" => ["a", "", "b"]
            split "", "ab" => ["a", "b"]
            split ",", "" => [""]
            startswith "logs", "b" => false
            strcontains "logs-eu", "gs-" => true
            strrev "e\u0301a" => "ae\u0301"
            substr "h\u00e9llo", 1, 3 => "\u00e9ll"
            substr "hello", -3, -1 => "llo"
            substr "hello", 9, 2 => ""
            trim "-!x-", "!-" => "x"
            trimprefix "aab", "a" => "ab"
            trimsuffix "a.tf", ".tf" => "a"
            trimspace " \ta \n" => "a"
            regex "[a-z]+", "12ab" => "ab"
            regex "([a-z])([0-9])?", "x" => ["x", null]
            regex "(?P<year>\\d+)-(?P<month>\\d+)", "2024-05" => {"year": "2024", "month": "05"}
            regex "(?P<a>a)(b)", "ab" => error
            regex "x", "y" => error
            regex "(", "y" => error
            regexall "\\d", "a1b2" => ["1", "2"]
            regexall "x", "y" => []
            replace "a.b.c", ".", "-" => "a-b-c"
            replace "a1b22", "/[0-9]+/", "<$0>" => "a<1>b<22>"
            replace "eu-west", "/(\\w+)-(\\w+)/", "$2 ${1}x" => "west eux"
            "#
        ),
        ""
    );
}

#[test]
fn formats() {
    assert_eq!(
        broken(
            r#"
            format "%s is %d of %v%%", "a", 3, 4 => "a is 3 of 4%"
            format "%05d|%-5d|%+d|%x|%b|%o", 42, 42, 42, 42, 5, 8 => "00042|42   |+42|2a|101|10"
            format "%.2f %08.3f %e %g %.3g", 1, -2.5, 12345, 1000000, 0.00012345 => "1.00 -002.500 1.234500e+04 1e+06 0.000123"
            format "%q %5s|%-5s|%.2s", "a\"b", "ab", "ab", "abc" => "\"a\\\"b\"    ab|ab   |ab"
            format "%v %#v %v %t", ["a", 1], "a", null, "true" => "[\"a\",1] \"a\" null true"
            format "%[2]s-%[1]s", "a", "b" => "b-a"
            format "%d", 1.5 => error
            format "%s", null => error
            format "%s" => error
            format "%s", "a", "b" => error
            format "%z", "a" => error
            format "100%" => error
            formatlist "%s-%d", ["a", "b"], 1 => ["a-1", "b-1"]
            formatlist "%s", "a" => ["a"]
            formatlist "%s%s", ["a"], ["b", "c"] => error
            "#
        ),
        ""
    );
}

#[test]
fn lists_and_sets() {
    assert_eq!(
        broken(
            r#"
            alltrue [true, "true"] => true
            alltrue [] => true
            anytrue [null, false] => false
            chunklist [1, 2, 3], 2 => [[1, 2], [3]]
            chunklist [1, 2], 0 => [[1, 2]]
            coalesce null, "", "a", "b" => "a"
            coalesce null, 1, "a" => "1"
            coalesce null, "" => error
            coalescelist [], null, ["a"] => ["a"]
            coalescelist [] => error
            compact ["a", "", null, "b"] => ["a", "b"]
            concat ["a"], [], [1] => ["a", 1]
            contains ["a", "b"], "b" => true
            contains [1], "1" => false
            distinct ["b", "a", "b"] => ["b", "a"]
            element ["a", "b", "c"], 4 => "b"
            element ["a", "b", "c"], -1 => "c"
            element [], 0 => error
            flatten [["a"], [["b", []], "c"]] => ["a", "b", "c"]
            index ["a", "b"], "b" => 1
            index ["a"], "b" => error
            length ["a", null] => 2
            length 5 => error
            list "a", 1 => ["a", "1"]
            matchkeys ["i-1", "i-2"], ["eu", "us"], ["us"] => ["i-2"]
            one [] => null
            one ["a"] => "a"
            one ["a", "b"] => error
            range 3 => [0, 1, 2]
            range 1, 2, 0.5 => [1, 1.5]
            range 3, 1 => [3, 2]
            range 1, 3, -1 => error
            range 1025 => error
            reverse [1, 2] => [2, 1]
            setintersection ["b", "a"], ["a", "b", "c"] => ["a", "b"]
            setproduct ["a", "b"], ["x", "y"] => [["a", "x"], ["a", "y"], ["b", "x"], ["b", "y"]]
            setproduct ["a"], [] => []
            setsubtract ["a", "b"], ["b"] => ["a"]
            setunion ["b"], ["a", "b"] => ["a", "b"]
            slice ["a", "b", "c"], 1, 3 => ["b", "c"]
            slice ["a"], 1, 3 => error
            sort ["b", "10", "9"] => ["10", "9", "b"]
            sum [1, "2", 3.5] => 6.5
            sum [] => error
            "#
        ),
        ""
    );
}

#[test]
fn maps_and_types() {
    assert_eq!(
        broken(
            r#"
            keys {"b": 1, "a": 2} => ["a", "b"]
            values {"b": 1, "a": 2} => [2, 1]
            lookup {"a": 1}, "a", 2 => 1
            lookup {"a": 1}, "b", 2 => 2
            lookup {"a": 1}, "b" => error
            map "a", "b" => {"a": "b"}
            merge {"a": 1, "b": 1}, null, {"b": 2} => {"a": 1, "b": 2}
            merge => {}
            transpose {"x": ["a", "b"], "y": ["b"]} => {"a": ["x"], "b": ["x", "y"]}
            zipmap ["a", "b"], [1, 2] => {"a": 1, "b": 2}
            zipmap ["a"], [] => error
            tobool "true" => true
            tobool "yes" => error
            tolist ["a", 1] => ["a", "1"]
            tomap {"a": 1, "b": "x"} => {"a": "1", "b": "x"}
            tonumber "1e3" => 1000
            tonumber "inf" => error
            toset ["b", "a", "b"] => ["a", "b"]
            toset [10, 9] => [9, 10]
            tostring 1e21 => "1000000000000000000000"
            tostring 0.1 => "0.1"
            tostring null => null
            tostring [] => error
            type {} => "map"
            sensitive "a" => "a"
            nonsensitive ["a"] => ["a"]
            issensitive "a" => "?"
            "#
        ),
        ""
    );
}

#[test]
fn encodings() {
    assert_eq!(
        broken(
            r#"
            base64decode "aGVsbG8=" => "hello"
            base64decode "/w==" => error
            base64encode "hello" => "aGVsbG8="
            base64gunzip "H4sIAAAAAAAA/8tIzcnJBwCGphA2BQAAAA==" => "hello"
            base64gunzip "aGVsbG8=" => error
            csvdecode "a,b\n1,\"2,3\"\n" => [{"a": "1", "b": "2,3"}]
            csvdecode "a,a\n1,2\n" => error
            csvdecode "a,b\n1\n" => error
            jsondecode "{\"b\": [1.50, null], \"a\": true}" => {"a": true, "b": [1.5, null]}
            jsondecode "{" => error
            jsonencode {"b": "<&>", "a": [1, 0.5, null, false]} => "{\"a\":[1,0.5,null,false],\"b\":\"\\u003c\\u0026\\u003e\"}"
            textencodebase64 "ab", "UTF-16LE" => "YQBiAA=="
            textdecodebase64 "6Q==", "ISO-8859-1" => "\u00e9"
            textencodebase64 "a", "klingon" => error
            urlencode "a b/\u00e9~" => "a+b%2F%C3%A9~"
            urldecode "a+b%2F" => "a b/"
            urldecode "%2" => error
            yamldecode "a: [x, 1]\nb: &v {c: ~}\nd: *v\n" => {"a": ["x", 1], "b": {"c": null}, "d": {"c": null}}
            yamldecode "a: [" => error
            yamlencode {"a": [1, {"b": "x", "c": {}}], "d": {"e": "y\nz\n"}} => "\"a\":\n- 1\n- \"b\": \"x\"\n  \"c\": {}\n\"d\":\n  \"e\": |\n    y\n    z\n"
            yamlencode "a<b" => "\"a<b\"\n"
            md5 "hello" => "5d41402abc4b2a76b9719d911017c592"
            sha1 "hello" => "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"
            sha256 "hello" => "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
            base64sha256 "hello" => "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="
            uuidv5 "dns", "www.example.com" => "2ed6657d-e927-568b-95e1-2665a8aea6a2"
            uuidv5 "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com" => "2ed6657d-e927-568b-95e1-2665a8aea6a2"
            uuidv5 "domain", "a" => error
            uuid => "?"
            bcrypt "a" => "?"
            "#
        ),
        ""
    );
}

#[test]
fn networks_and_times() {
    assert_eq!(
        broken(
            r#"
            cidrcontains "10.0.0.0/8", "10.1.2.3" => true
            cidrcontains "10.0.0.0/8", "10.0.0.0/7" => false
            cidrcontains "10.0.0.0/8", "fd00::1" => false
            cidrhost "10.12.112.0/20", 268 => "10.12.113.12"
            cidrhost "10.0.0.0/24", -2 => "10.0.0.254"
            cidrhost "10.0.0.0/24", 256 => error
            cidrhost "fd00:fd12::/72", 34 => "fd00:fd12::22"
            cidrnetmask "172.16.0.0/12" => "255.240.0.0"
            cidrnetmask "fd00::/8" => error
            cidrsubnet "172.16.0.0/12", 4, 2 => "172.18.0.0/16"
            cidrsubnet "fd00::/56", 16, 162 => "fd00::a200:0:0:0/72"
            cidrsubnet "10.0.0.0/8", 2, 4 => error
            cidrsubnet "0.0.0.0/0", 0, 0 => "0.0.0.0/0"
            cidrsubnets "10.1.0.0/16", 4, 4, 8, 4 => ["10.1.0.0/20", "10.1.16.0/20", "10.1.32.0/24", "10.1.48.0/20"]
            cidrsubnets "10.0.0.0/8", 1, 1, 1 => error
            cidrhost "10.0.0.0/33", 0 => error
            formatdate "EEE, DD MMM YYYY hh:mm:ss ZZZ", "2018-01-02T23:12:01Z" => "Tue, 02 Jan 2018 23:12:01 UTC"
            formatdate "H:mmaa 'o''clock' Z", "2018-01-02T00:05:01+05:30" => "12:05am o'clock +05:30"
            formatdate "YYY", "2018-01-02T23:12:01Z" => error
            formatdate "YYYY", "2018-02-30T23:12:01Z" => error
            timeadd "2017-11-22T23:50:00+01:00", "10m" => "2017-11-23T00:00:00+01:00"
            timeadd "2017-11-22T00:00:00Z", "-1.5h" => "2017-11-21T22:30:00Z"
            timeadd "2017-11-22T00:00:00Z", "1d" => error
            timecmp "2017-11-22T01:00:00+01:00", "2017-11-22T00:00:00Z" => 0
            timecmp "2017-11-22T00:00:00Z", "2017-11-23T00:00:00Z" => -1
            timestamp => "?"
            plantimestamp => "?"
            "#
        ),
        ""
    );
}

#[test]
fn files_and_paths() {
    assert_eq!(
        broken(
            r#"
            abspath "./modules/../main.tf" => "main.tf"
            basename "modules/net/" => "net"
            dirname "modules/net/main.tf" => "modules/net"
            dirname "main.tf" => "."
            file "motd.txt" => "hello"
            file "image.bin" => error
            file "absent" => error
            filebase64 "image.bin" => "//4="
            filemd5 "motd.txt" => "5d41402abc4b2a76b9719d911017c592"
            fileexists "motd.txt" => true
            fileexists "absent" => false
            fileset "modules", "*.tf" => ["modules/a*.tf", "modules/b*.tf"]
            pathexpand "~/.ssh/id" => "?"
            pathexpand "a" => "a"
            templatefile "motd.txt", {"b": 1, "a": "?"} => "hello with a and b"
            templatefile "absent", {} => error
            templatestring "hi", {"a": 1} => "hi with a"
            "#
        ),
        ""
    );
}
