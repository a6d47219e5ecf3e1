//! The fences of a page of Markdown, for tests that do what the page says.

/// A fence of a page.
pub struct Fence {
    /// The words after its backticks.
    pub info: String,
    /// Its text.
    pub text: String,
}

/// The fences of a page in order; those in lists are taken out of their indent.
pub fn fences(markdown: &str) -> Vec<Fence> {
    let mut out: Vec<Fence> = Vec::new();
    let mut open: Option<usize> = None;
    let mut indent = 0;
    for line in markdown.lines() {
        let lead = line.len() - line.trim_start().len();
        let line = match open {
            Some(_) => line.get(indent..).unwrap_or(line.trim_start()),
            None => line.trim_start(),
        };
        let width = line.chars().take_while(|c| *c == '`').count();
        match open {
            None if width >= 3 => {
                (open, indent) = (Some(width), lead);
                out.push(Fence { info: line[width..].to_string(), text: String::new() });
            }
            Some(own) if width >= own && line.len() == width => open = None,
            Some(_) => {
                if let Some(fence) = out.last_mut() {
                    fence.text += line;
                    fence.text += "\n";
                }
            }
            None => {}
        }
    }
    out
}

/// The title of a fence: `toml title="book.toml"`.
pub fn title(fence: &Fence) -> Option<&str> {
    fence.info.split_once("title=\"")?.1.split('"').next()
}
