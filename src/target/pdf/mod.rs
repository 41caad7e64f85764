//! The text of PDF documents, as far as it takes to find a word in it: what each page writes, in
//! the order in which it does. Facts: ISO 32000-1, sections 7 (syntax), 9.4 (text), 9.10 (the
//! characters that codes stand for).
//!
//! Nothing is followed for ever: objects are read once, from the beginning of the file to its end,
//! and how many values they have and how much comes out of their streams is bounded.

mod cmap;
mod document;
mod filter;
mod syntax;
mod text;

use document::Document;
use text::Fonts;

/// Whether it begins as a PDF does.
pub fn is_pdf(head: &[u8]) -> bool {
    head.starts_with(b"%PDF-")
}

/// Hands over the text of every page that has some, with its number. At most `limit` bytes come out
/// of all streams together. Says why pages are missing, where some are.
pub fn pages(raw: &[u8], limit: u64, each: &mut dyn FnMut(u32, String)) -> Option<String> {
    let document = Document::read(raw, limit);
    let mut fonts = Fonts::default();
    for (page, number) in document.pages().into_iter().zip(1..) {
        let text = text::of(&document, &page, &mut fonts);
        if !text.trim().is_empty() {
            each(number, text);
        }
    }
    let why = match document.is_over() {
        true => "was looked at in part only: more comes out of it than a file may hold",
        false if document.is_encrypted() => "is encrypted, so its text was not scanned",
        false => return None,
    };
    Some(why.to_owned())
}

#[cfg(test)]
mod tests;
