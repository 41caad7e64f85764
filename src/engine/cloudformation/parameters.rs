//! Values for the parameters of templates, from files as the command line of AWS takes them.

use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// The values that files give, by the names of parameters; those of later files count.
#[derive(Debug, Default)]
pub struct Parameters(HashMap<Arc<str>, (Arc<str>, Arc<str>)>);

/// A text that gives no parameters.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    #[error("it is no JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error(
        "it holds no parameters: write [{{\"ParameterKey\": …, \"ParameterValue\": …}}], \
         {{\"Parameters\": {{…}}}} or [\"Key=Value\"]"
    )]
    Shape,
}

impl Parameters {
    /// Takes in a file: a list of keys and values, a list of `Key=Value`, or an object of
    /// `Parameters`, as pipelines have it.
    ///
    /// # Errors
    /// It is none of these.
    pub fn add(&mut self, file: &str, text: &str) -> Result<(), Unread> {
        let file: Arc<str> = file.into();
        let mut give = |key: &str, value: &Value| {
            let value = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            self.0.insert(key.into(), (file.clone(), value.into()));
        };
        match serde_json::from_str(text.trim_start_matches('\u{feff}'))? {
            Value::Array(all) => {
                for one in &all {
                    let pair = match one {
                        Value::String(text) => {
                            let pair = text.split_once('=');
                            pair.map(|(key, value)| (key.to_owned(), Value::from(value)))
                        }
                        one => {
                            let key = one.get("ParameterKey").and_then(Value::as_str);
                            key.map(str::to_owned).zip(one.get("ParameterValue").cloned())
                        }
                    };
                    let (key, value) = pair.ok_or(Unread::Shape)?;
                    give(&key, &value);
                }
            }
            Value::Object(object) => {
                let all = object.get("Parameters").and_then(Value::as_object);
                all.ok_or(Unread::Shape)?.iter().for_each(|(key, value)| give(key, value));
            }
            _ => return Err(Unread::Shape),
        }
        Ok(())
    }

    /// The file that gives a parameter, and its value.
    pub fn find(&self, name: &str) -> Option<(&Arc<str>, &Arc<str>)> {
        self.0.get(name).map(|(file, value)| (file, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_every_form_give_parameters() {
        for text in [
            r#"[{"ParameterKey": "Stage", "ParameterValue": "live"}]"#,
            r#"{"Parameters": {"Stage": "live"}, "Tags": {}}"#,
            r#"["Stage=live"]"#,
        ] {
            let mut parameters = Parameters::default();
            parameters.add("p.json", text).unwrap();
            let (file, value) = parameters.find("Stage").unwrap();
            assert_eq!((&**file, &**value), ("p.json", "live"), "{text}");
        }
        for text in ["", "3", "{}", "[1]", "[\"Stage\"]", r#"[{"ParameterKey": "Stage"}]"#] {
            assert!(Parameters::default().add("p.json", text).is_err(), "{text}");
        }
    }
}
