use super::Session;
pub fn scan(_session: &Session) -> u8 {
    0
}
