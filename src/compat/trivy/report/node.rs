//! JSON whose keys stand in the order in which they are written.

use serde::ser::{Serialize, SerializeMap, Serializer};

/// A value of JSON.
pub enum Node {
    Null,
    Bool(bool),
    Number(u32),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(&'static str, Node)>),
}

/// An object.
pub fn object<const N: usize>(pairs: [(&'static str, Node); N]) -> Node {
    Node::Object(pairs.into())
}

/// A list of one.
pub fn only(node: Node) -> Node {
    Node::List(vec![node])
}

impl From<&str> for Node {
    fn from(text: &str) -> Node {
        Node::Text(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Node {
        Node::Text(text)
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Node::Null => to.serialize_unit(),
            Node::Bool(truth) => to.serialize_bool(*truth),
            Node::Number(number) => to.serialize_u32(*number),
            Node::Text(text) => to.serialize_str(text),
            Node::List(all) => to.collect_seq(all),
            Node::Object(pairs) => {
                let mut map = to.serialize_map(Some(pairs.len()))?;
                for (key, value) in pairs {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}
