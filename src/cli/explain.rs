//! `casebook explain`

use super::Failure;
use crate::text::diagnostic::{CODES, Code, did_you_mean};
use std::process::ExitCode;

/// Explain a diagnostic.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The code, such as dangling-id; without one, all codes are listed
    code: Option<String>,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let Some(name) = &args.code else {
        let width = CODES.iter().map(|code| code.name().len()).max().unwrap_or(0);
        for code in CODES {
            let level = code.default_level().name();
            say!("{:width$}  {level:5}  {}", code.name(), code.short());
        }
        return Ok(ExitCode::SUCCESS);
    };
    let Some(code) = Code::parse(name) else {
        let hint = did_you_mean(name, CODES.iter().map(|code| code.name()))
            .unwrap_or_else(|| "`casebook explain` lists all codes".into());
        return Err(format!("there is no diagnostic `{name}`; {hint}"));
    };
    say!("{code} (level: {})\n\n{}\n", code.default_level().name(), code.short());
    say!("{}", wrap(code.explain(), 80));
    Ok(ExitCode::SUCCESS)
}

/// Breaks paragraphs at blanks.
fn wrap(text: &str, width: usize) -> String {
    let mut out = String::new();
    for (i, paragraph) in text.split("\n\n").enumerate() {
        if i > 0 {
            out.push_str("\n\n");
        }
        let mut column = 0;
        for word in paragraph.split_whitespace() {
            let length = word.chars().count();
            if column > 0 && column + 1 + length > width {
                out.push('\n');
                column = 0;
            } else if column > 0 {
                out.push(' ');
                column += 1;
            }
            out.push_str(word);
            column += length;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn paragraphs_are_wrapped() {
        assert_eq!(wrap("aa bb cc\n\ndd", 5), "aa bb\ncc\n\ndd");
    }
}
