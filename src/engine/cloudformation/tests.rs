//! The conditions compile, functions give what AWS says they give, and no template is too odd.

use super::*;
use crate::engine::terraform::{Instance, Value};
use proptest::prelude::*;

#[test]
fn every_condition_is_an_expression() {
    for tool in ["scan", "trivy"] {
        assert_eq!(Checks::of(&CLOUDFORMATION, tool).broken(), Vec::<String>::new());
    }
}

/// The instances of a template, and what was wrong with it.
fn evaluated(text: &str, given: &Parameters) -> (Vec<Instance>, Vec<Trouble>) {
    let stream = yaml::read(text);
    assert_eq!(stream.trouble, None);
    let template = Template::of(&stream.documents[0].root, given).unwrap();
    let evaluator = Evaluator::new(&template);
    let instances = resource::instances(&evaluator);
    (instances, evaluator.troubles())
}

const HEAD: &str = "
Parameters:
  Stage: {Type: String, Default: test}
  Zones: {Type: CommaDelimitedList, Default: 'a, b'}
  Size: {Type: Number, Default: '3'}
  Owner: {Type: String}
  Image: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /ami/latest}
Mappings:
  ByStage:
    test: {Hours: 8, Days: [1, 2]}
    live: {Hours: 24}
Conditions:
  IsLive: !Equals [!Ref Stage, live]
  IsTest: {'Fn::Not': [{Condition: IsLive}]}
  IsMine: !Equals [!Ref Owner, me]
  Either: !Or [!Condition IsMine, !Condition IsTest]
  Both: !And [!Condition IsMine, !Condition IsLive]
Resources:
  Key: {Type: 'AWS::KMS::Key'}
  X:
    Type: AWS::X::Y
    Properties:
      V: ";

/// What a value comes to, as the debug form has it.
fn value(written: &str) -> String {
    let (instances, troubles) = evaluated(&format!("{HEAD}{written}\n"), &Parameters::default());
    assert_eq!(troubles, [], "{written}");
    let block = &instances[1].block;
    match block.attributes.get("V") {
        None => format!("{:?}", block.blocks.iter().map(|it| &*it.kind).collect::<Vec<_>>()),
        Some(attribute) => shown(&attribute.value),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.replace(['\u{F0B00}', '\u{F0B01}'], "|"),
        Value::List(values) => format!("{:?}", values.iter().map(shown).collect::<Vec<_>>()),
        Value::Map(entries) => format!("{:?}", entries.keys().collect::<Vec<_>>()),
        Value::Unknown(None) => "?".to_owned(),
        Value::Unknown(Some(symbol)) => format!("?{}.{}", symbol.address, symbol.attribute),
    }
}

#[test]
fn functions_give_what_they_say() {
    for (written, expected) in [
        ("!Ref Stage", "test"),
        ("{Ref: Size}", "3"),
        ("!Ref Zones", r#"["a", "b"]"#),
        ("!Ref Owner", "?Owner."),
        ("!Ref Image", "?Image."),
        ("!Ref Key", "?Key."),
        ("!Ref AWS::Region", "?AWS::Region."),
        ("!Ref AWS::NoValue", "[]"),
        ("!GetAtt Key.Arn", "?Key.Arn"),
        ("{'Fn::GetAtt': [Key, Arn]}", "?Key.Arn"),
        ("!Sub 'a-${Stage}-${Key.Arn}-${!Stage}'", "a-test-|Key.Arn|-${Stage}"),
        ("!Sub ['${x}/${Stage}', {x: !Ref Size}]", "3/test"),
        ("!Join ['-', [a, !Ref Stage, !Ref Key]]", "a-test-|Key|"),
        ("!Join ['.', !Ref Zones]", "a.b"),
        ("!Select [1, !Ref Zones]", "b"),
        ("!Select [7, !Ref Zones]", "?"),
        ("!Select [0, !Split ['/', 'a/b']]", "a"),
        ("!If [IsLive, a, b]", "b"),
        ("!If [IsMine, a, b]", "?"),
        ("!If [IsMine, a, a]", "a"),
        ("!If [IsLive, a, !Ref AWS::NoValue]", "[]"),
        ("!If [Either, {a: 1}, b]", r#"["V"]"#),
        ("!If [Both, a, b]", "b"),
        ("!FindInMap [ByStage, !Ref Stage, Hours]", "8"),
        ("!FindInMap [ByStage, !Ref Stage, Days]", r#"["1", "2"]"#),
        ("!FindInMap [ByStage, none, Days]", "?"),
        ("!FindInMap [ByStage, none, Days, {DefaultValue: 5}]", "5"),
        ("{'Fn::Base64': 'echo'}", "echo"),
        ("!Select [1, !Cidr ['10.0.0.0/16', 2, 8]]", "10.0.1.0/24"),
        ("!Cidr ['10.0.0.0/16', 100000, 8]", "?"),
        ("!ImportValue x", "?"),
        ("!GetAZs ''", "?"),
        ("{'Fn::Length': [1, 2]}", "2"),
        ("{'Fn::ToJsonString': {a: [1]}}", r#"{"a":[1]}"#),
        ("!NoSuchFunction [1]", "?"),
        ("'{{resolve:ssm:/a}}'", "?"),
        ("'x{{resolve:ssm:/a}}y'", "x||y"),
        ("'true'", "true"),
        ("{Statement: []}", r#"["Statement"]"#),
        ("[!Ref Owner, {a: 1}]", r#"["[\"a\"]", "?Owner."]"#),
    ] {
        assert_eq!(value(written), expected, "{written}");
    }
}

#[test]
fn loops_make_resources() {
    let text = "Transform: AWS::LanguageExtensions
Resources:
  'Fn::ForEach::Logs':
    - Name
    - [Web, Shop]
    - '${Name}Logs':
        Type: AWS::S3::Bucket
        Properties: {BucketName: !Sub 'logs-${Name}'}
";
    let (instances, _) = evaluated(text, &Parameters::default());
    let made: Vec<(&str, String)> = instances
        .iter()
        .map(|it| (&*it.address, shown(&it.block.attributes["BucketName"].value)))
        .collect();
    assert_eq!(made, [("WebLogs", "logs-Web".to_owned()), ("ShopLogs", "logs-Shop".to_owned())]);
}

#[test]
fn what_needs_itself_or_too_much_is_said() {
    let circle = "Conditions: {A: !Not [{Condition: B}], B: !Not [{Condition: A}]}\nResources: {X: {Type: 'AWS::X', Properties: {V: !If [A, 1, 2]}}}\n";
    let (instances, troubles) = evaluated(circle, &Parameters::default());
    assert_eq!(instances[0].block.attributes["V"].value, Value::UNKNOWN);
    assert!(troubles[0].message.contains("needs itself"), "{troubles:?}");
    let list = vec!["a"; 2_000].join(", ");
    let loops = format!(
        "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::A:\n  - A\n  - [{list}]\n  - Fn::ForEach::B:\n    - B\n    - [{list}]\n    - X${{A}}: {{Type: 'AWS::X'}}\n"
    );
    let (_, troubles) = evaluated(&loops, &Parameters::default());
    assert!(troubles[0].is_limit, "{troubles:?}");
    let long = "a".repeat(1 << 20);
    let texts = format!(
        "Parameters: {{P: {{Default: {long}}}}}\nResources: {{X: {{Type: 'AWS::X', Properties: {{V: [{}]}}}}}}\n",
        "!Join ['', [!Ref P, !Ref P]], ".repeat(1_000)
    );
    let (_, troubles) = evaluated(&texts, &Parameters::default());
    assert!(troubles[0].is_limit, "{troubles:?}");
    let chain: String =
        (1..1_000).map(|n| format!("  C{n}: !Not [!Condition C{}]\n", n - 1)).collect();
    let deep = format!(
        "Conditions:\n  C0: !Equals [a, a]\n{chain}Resources: {{X: {{Type: 'AWS::X', Properties: {{V: !If [C999, 1, 2]}}}}}}\n"
    );
    let (_, troubles) = evaluated(&deep, &Parameters::default());
    assert!(troubles[0].is_limit, "{troubles:?}");
}

/// A template in which most functions and rules have something to do.
const TEMPLATE: &str = "
AWSTemplateFormatVersion: '2010-09-09'
Transform: [AWS::Serverless-2016-10-31, AWS::LanguageExtensions]
Globals: {Function: {Tracing: PassThrough}}
Parameters:
  Open: {Type: String, Default: 0.0.0.0/0}
  Password: {Type: String, NoEcho: true, Default: \"tulips-é\"}
Conditions:
  A: !Equals [!Ref Open, x]
  B: !Or [!Condition A, {Condition: A}]
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: !Sub ['${x}', {x: !Ref Open}]
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Ref Open}
        - !If [B, {CidrIp: !Join ['', [a, b]]}, !Ref AWS::NoValue]
  Policy:
    Type: AWS::IAM::Policy
    Properties:
      PolicyDocument: &policy {Statement: [{Effect: Allow, Action: '*', Resource: !GetAtt Web.Arn}]}
  Queue: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: [!Ref Web], PolicyDocument: *policy}}
  Shop: {Type: AWS::Serverless::Function, Properties: {Policies: [*policy]}}
  'Fn::ForEach::Logs': [N, [é, b], {'${N}Logs': {Type: AWS::S3::Bucket}}]
  Db: {Type: AWS::RDS::DBInstance, Properties: {MasterUserPassword: !Ref Password, BackupRetentionPeriod: !Select [0, !Split [',', '1,2']]}}
";

proptest! {
    #[test]
    fn mutilated_templates_are_looked_at_without_harm(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..24), 0..6),
        words in prop::collection::vec(
            (any::<prop::sample::Index>(), prop::sample::select(vec![
                "[", "{", "}", "]", ": ", "\n", "- ", "*policy", "~", "\"", "!If ", "!Ref ", "!Sub ",
                "Fn::ForEach::x: ", "1e999", "null", "${", "}", "#", "Fn::Cidr: ", "!Select ",
            ])),
            0..6,
        ),
    ) {
        let mut text: Vec<char> = TEMPLATE.chars().collect();
        for (at, length) in cuts {
            let at = at.index(text.len());
            text.drain(at..text.len().min(at + length));
        }
        for (at, word) in words {
            let at = at.index(text.len() + 1);
            text.splice(at..at, word.chars());
        }
        let text: String = text.into_iter().collect();
        let file = SourceFile::new("a.yaml".into(), text.into_bytes());
        let seen = CloudFormation.scan(&file);
        let ranges = seen.hits.iter().map(|hit| &hit.range).chain(&seen.masks);
        for range in ranges {
            prop_assert!(file.text().get(range.clone()).is_some(), "{range:?}");
        }
    }
}
