//! What a script writes where its log is kept.

use super::Command;
use super::text::Word;

const PRINTERS: &[&str] = &["echo", "printf", "Write-Host", "Write-Output"];
/// What prints every variable, where it has no arguments.
const DUMPS: &[&str] = &["env", "export", "printenv", "set", "declare", "typeset"];

/// The words that a script prints to its log, each with its command: not those that are handed on
/// to another command or to a file.
pub fn printed(commands: &[Command]) -> impl Iterator<Item = (&Command, &Word)> {
    let prints = |command: &&Command| PRINTERS.contains(&command.name()) && is_shown(command);
    commands.iter().filter(prints).flat_map(|command| {
        // A command to the runner is no line of the log.
        let is_command = command.words.get(1).is_some_and(|word| word.text.starts_with("::"));
        let words = command.words[1..].iter().filter(move |_| !is_command);
        words.map(move |word| (command, word))
    })
}

/// The commands that print every variable there is.
pub fn dumps(commands: &[Command]) -> impl Iterator<Item = &Command> {
    commands.iter().filter(|command| {
        let rest = &command.words[1..];
        let is_all = match command.name() {
            "set" | "env" | "printenv" => rest.is_empty(),
            "export" | "declare" | "typeset" => {
                !rest.is_empty()
                    && rest.iter().all(|word| matches!(&*word.text, "-p" | "-xp" | "-px"))
            }
            _ => false,
        };
        DUMPS.contains(&command.name()) && is_all && is_shown(command)
    })
}

/// The commands that have the shell print all that it runs, variables replaced.
pub fn traces(commands: &[Command]) -> impl Iterator<Item = &Command> {
    commands.iter().filter(|command| {
        let is_flag = |text: &str| {
            let letters = text.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
            letters.is_some_and(|it| it.len() <= 6 && it.contains('x'))
        };
        let mut rest = command.words[1..].iter().map(|word| word.text.as_str());
        match command.name() {
            "set" => rest.clone().any(is_flag) || rest.any(|word| word == "xtrace"),
            "bash" | "sh" => rest.next().is_some_and(is_flag),
            _ => false,
        }
    })
}

/// Whether what a command writes ends in the log.
fn is_shown(command: &Command) -> bool {
    let redirects = |word: &Word| {
        let text = word.text.trim_start_matches(['1', '&']);
        text.starts_with('>') && !text.starts_with(">&2") && !text.starts_with(">/dev/std")
    };
    !command.feeds_next && !command.words.iter().any(redirects)
}
