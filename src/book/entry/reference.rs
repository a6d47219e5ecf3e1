//! References to public catalogues, such as `CWE-307`, and the public page of each.

use super::scheme::{BUILT_IN, GAP, Scheme, WRITINGS};
use super::title::Standing;
use crate::text::diagnostic::nearest;

/// A reference as the author wrote it, with what its catalogue says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The reference in its usual form, such as `ATT&CK T1110.004`.
    pub text: String,
    /// Its public page, where it has one.
    pub url: Option<String>,
    /// Whether it exists, and its title.
    pub standing: Standing,
    /// What was meant, where that can be told of a slip.
    pub meant: Option<String>,
}

impl Reference {
    /// Recognises a reference, by the book's own schemes first. Never fails: what is not
    /// recognised is a stranger.
    pub fn parse(text: &str, own: &[Scheme]) -> Reference {
        let text = text.trim();
        let found = recognised(text, own);
        found.unwrap_or_else(|| Reference {
            text: text.to_string(),
            url: None,
            standing: Standing::Stranger,
            meant: guess(text, own),
        })
    }

    /// How the text and its title are said of something that was meant.
    fn offer(&self) -> Option<String> {
        match &self.standing {
            Standing::Listed(title) => Some(format!("`{}` ({title})", self.text)),
            Standing::NotCovered => Some(format!("`{}`", self.text)),
            _ => None,
        }
    }
}

/// The names of all catalogues, the book's own first.
pub fn catalogues(own: &[Scheme]) -> String {
    let mut names: Vec<&str> =
        own.iter().chain(BUILT_IN.iter()).map(|scheme| scheme.name.as_str()).collect();
    names.retain(|name| *name != "Web");
    names.dedup();
    names.join(", ")
}

fn recognised(text: &str, own: &[Scheme]) -> Option<Reference> {
    let of = |scheme: &Scheme, written: &str| {
        scheme.number(written).map(|number| reference(scheme, text, number))
    };
    let upper = text.to_ascii_uppercase();
    own.iter()
        .find_map(|scheme| of(scheme, text))
        .or_else(|| BUILT_IN.iter().find_map(|scheme| of(scheme, &upper)))
}

/// A reference whose number is known, in the form of its table where that has it.
fn reference(scheme: &Scheme, text: &str, number: &str) -> Reference {
    let table = scheme.table();
    let number = table.and_then(|table| table.line(number)).map_or(number, |line| &line.number);
    let usual = |number: &str| match scheme.shown {
        "" => text.to_string(),
        shown => shown.replace(GAP, number),
    };
    let standing = table.map_or(Standing::NotCovered, |table| table.standing(number, scheme.grows));
    let missing = matches!(standing, Standing::Unknown(_));
    let near = table.filter(|_| missing).and_then(|table| table.near(number)).map(|line| {
        let written = match scheme.shown {
            "" => text.replacen(number, &line.number, 1),
            _ => usual(&line.number),
        };
        match line.title.as_str() {
            "" => format!("`{written}`"),
            title => format!("`{written}` ({title})"),
        }
    });
    let shown = if missing { text.to_string() } else { usual(number) };
    Reference { text: shown, url: scheme.url(text, number), standing, meant: near }
}

/// What a stranger may have meant: another writing of a catalogue's name, a letter for a
/// digit, or a number without its catalogue.
fn guess(text: &str, own: &[Scheme]) -> Option<String> {
    let letters = |c: char| c.is_ascii_alphabetic() || c == '&';
    let rest = text.trim_start_matches(letters);
    let head = &text[..text.len() - rest.len()];
    let rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
    let digits = rest.replace(['O', 'o'], "0").replace(['l', 'I'], "1");
    let own_begins = own.iter().map(|scheme| (scheme.name.as_str(), scheme.begin.as_str()));
    let begins = own_begins.chain(WRITINGS);
    let named = begins.filter(|(name, _)| nearest(head, [*name]).is_some());
    let named = named.flat_map(|(_, begin)| [format!("{begin}{rest}"), format!("{begin}{digits}")]);
    let bare = WRITINGS.iter().map(|(_, begin)| format!("{begin}{text}"));
    named.chain(bare).find_map(|written| recognised(&written, own)?.offer())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::entry::whole;
    use regex::Regex;

    fn parse(text: &str) -> Reference {
        Reference::parse(text, &[])
    }

    #[test]
    fn public_pages() {
        for (text, url) in [
            ("CWE-307", "https://cwe.mitre.org/data/definitions/307.html"),
            ("cwe-079", "https://cwe.mitre.org/data/definitions/79.html"),
            ("capec-600", "https://capec.mitre.org/data/definitions/600.html"),
            ("ATT&CK T1110.004", "https://attack.mitre.org/techniques/T1110/004/"),
            ("T1110", "https://attack.mitre.org/techniques/T1110/"),
            ("ATT&CK TA0001", "https://attack.mitre.org/tactics/TA0001/"),
            ("M1036", "https://attack.mitre.org/mitigations/M1036/"),
            (
                "OWASP A07:2021",
                "https://owasp.org/Top10/A07_2021-Identification_and_Authentication_Failures/",
            ),
            (
                "CICD-SEC-04",
                "https://owasp.org/www-project-top-10-ci-cd-security-risks/CICD-SEC-04-Poisoned-Pipeline-Execution",
            ),
            ("MASVS-STORAGE-1", "https://mas.owasp.org/MASVS/controls/MASVS-STORAGE-1/"),
            ("AML.T0051.001", "https://atlas.mitre.org/techniques/AML.T0051.001"),
            ("D3-AL", "https://d3fend.mitre.org/technique/d3f:AccountLocking/"),
            ("SLSA Build L3", "https://slsa.dev/spec/v1.2/build-track-basics"),
            ("CVE-2024-3094", "https://www.cve.org/CVERecord?id=CVE-2024-3094"),
            ("RFC 9700", "https://www.rfc-editor.org/rfc/rfc9700"),
            ("NIST SP 800-207", "https://csrc.nist.gov/pubs/sp/800/207/final"),
            ("https://example.org/a?b=1", "https://example.org/a?b=1"),
        ] {
            assert_eq!(parse(text).url.as_deref(), Some(url), "{text}");
        }
        let asvs = parse("ASVS v5.0.0-6.3.1");
        assert!(asvs.url.is_some_and(|url| url.ends_with("0x15-V6-Authentication.md")));
    }

    #[test]
    fn titles() {
        for (text, shown, title) in [
            ("CWE-307", "CWE-307", "Improper Restriction of Excessive Authentication Attempts"),
            ("CWE-1428", "CWE-1428", "Reliance on HTTP instead of HTTPS"),
            (
                "cwe-1434",
                "CWE-1434",
                "Insecure Setting of Generative AI/ML Model Inference Parameters",
            ),
            ("CAPEC-600", "CAPEC-600", "Credential Stuffing"),
            ("t1110.004", "ATT&CK T1110.004", "Brute Force: Credential Stuffing"),
            ("MITRE ATT&CK T1078", "ATT&CK T1078", "Valid Accounts"),
            ("ATT&CK TA0001", "ATT&CK TA0001", "Initial Access"),
            (
                "ASVS 5.0.0-V6.3.1",
                "ASVS v5.0.0-6.3.1",
                "Authentication: General Authentication Security, level 1",
            ),
            (
                "OWASP ASVS v5.0.0-6.3",
                "ASVS v5.0.0-6.3",
                "Authentication: General Authentication Security",
            ),
            ("ASVS v5.0.0-6", "ASVS v5.0.0-6", "Authentication"),
            ("OWASP A7:2025", "OWASP A07:2025", "Authentication Failures"),
            ("API01:2023", "OWASP API1:2023", "Broken Object Level Authorization"),
            ("OWASP LLM01:2025", "OWASP LLM01:2025", "Prompt Injection"),
            ("M8:2024", "OWASP M8:2024", "Security Misconfiguration"),
            ("ASI01", "OWASP ASI01:2026", "Agent Goal Hijack"),
            ("OWASP ASI1", "OWASP ASI01:2026", "Agent Goal Hijack"),
            ("owasp asi10:2026", "OWASP ASI10:2026", "Rogue Agents"),
            ("CICD-SEC-4", "OWASP CICD-SEC-4", "Poisoned Pipeline Execution (PPE)"),
            ("masvs-crypto-2", "MASVS-CRYPTO-2", "Cryptography"),
            ("ATLAS AML.T0051.001", "ATLAS AML.T0051.001", "LLM Prompt Injection: Indirect"),
            ("d3fend D3-AL", "D3FEND D3-AL", "Account Locking"),
            ("NIST SP 800-53 AC-02", "NIST SP 800-53 AC-2", "Account Management"),
            (
                "NIST SP 800-53 Rev. 5 AC-2 (3)",
                "NIST SP 800-53 AC-2(3)",
                "Account Management: Disable Accounts",
            ),
            ("slsa build l3", "SLSA Build L3", "Hardened builds"),
            ("LINDDUN linking", "LINDDUN Linking", "Linking"),
            ("LINDDUN: Non-repudiation", "LINDDUN Non-repudiation", "Non-repudiation"),
        ] {
            let found = parse(text);
            assert_eq!(found.standing, Standing::Listed(title.into()), "{text}");
            assert_eq!(found.text, shown);
        }
        for text in ["CWE-1", "CAPEC-5", "ATT&CK T1064", "NIST SP 800-53 AC-2(10)"] {
            assert!(matches!(parse(text).standing, Standing::Deprecated(_)), "{text}");
        }
        for text in ["RFC 9700", "ASVS 4.0.3-2.1.1", "NIST SP 800-63B", "http://example.org"] {
            assert_eq!(parse(text).standing, Standing::NotCovered, "{text}");
        }
    }

    #[test]
    fn what_does_not_exist() {
        for text in [
            "CWE-0",
            "CAPEC-345",
            "ATT&CK T1110.999",
            "OWASP A11:2021",
            "OWASP LLM11:2025",
            "ASI11",
            "CICD-SEC-11",
            "ASVS v5.0.0-6.3.99",
            "MASVS-NOTHING-1",
            "NIST SP 800-53 ZZ-1",
            "SLSA Build L9",
            "LINDDUN Spoofing",
        ] {
            assert!(matches!(parse(text).standing, Standing::Unknown(_)), "{text}");
        }
        for text in ["CWE-9999", "CAPEC-9999", "ATT&CK T9999", "T9999.001", "AML.T9999", "D3-ZZZZ"]
        {
            assert!(matches!(parse(text).standing, Standing::Newer(_)), "{text}");
        }
    }

    #[test]
    fn slips_have_an_offer() {
        for (text, offer) in [
            ("OWASP A01", "`OWASP A01:2025` (Broken Access Control)"),
            ("ATT&CK T1110.999", "`ATT&CK T1110` (Brute Force)"),
            ("MASVS-STORGE-1", "`MASVS-STORAGE-1` (Storage)"),
            ("CEW-307", "`CWE-307` (Improper Restriction of Excessive Authentication Attempts)"),
            ("CWE 307", "`CWE-307` (Improper Restriction of Excessive Authentication Attempts)"),
            ("CWE307", "`CWE-307` (Improper Restriction of Excessive Authentication Attempts)"),
            ("CWE-3O7", "`CWE-307` (Improper Restriction of Excessive Authentication Attempts)"),
            ("ATTACK T1110", "`ATT&CK T1110` (Brute Force)"),
            (
                "ASVS 6.3.1",
                "`ASVS v5.0.0-6.3.1` (Authentication: General Authentication Security, level 1)",
            ),
            ("AC-2", "`NIST SP 800-53 AC-2` (Account Management)"),
            ("RFC-9700", "`RFC 9700`"),
            ("SLSA L3", "`SLSA Build L3` (Hardened builds)"),
        ] {
            assert_eq!(parse(text).meant.as_deref(), Some(offer), "{text}");
        }
    }

    #[test]
    fn strangers_are_told() {
        for text in ["CWE-", "T12345", "PCI DSS 8.3", "CWE-79 to CWE-81", "javascript:x", "", "é"]
        {
            let found = parse(text);
            assert_eq!((found.standing, found.url), (Standing::Stranger, None), "{text}");
        }
    }

    #[test]
    fn own_schemes() {
        let titles = [("8.3.1".to_string(), "Strong authentication".to_string())];
        let own = [
            Scheme::own(
                "PCI",
                Regex::new(&whole("PCI ([0-9.]+)")).unwrap(),
                Some("https://example.org/{id}#{id}".into()),
                titles.into(),
            ),
            Scheme::own("POLICY", Regex::new(&whole("POL-.+")).unwrap(), None, Default::default()),
        ];
        let parse = |text: &str| Reference::parse(text, &own);
        let found = parse("PCI 8.3.1");
        assert_eq!(found.url.as_deref(), Some("https://example.org/8.3.1#8.3.1"));
        assert_eq!(found.standing, Standing::Listed("Strong authentication".into()));
        let found = parse("PCI 8.3.2");
        assert!(matches!(found.standing, Standing::Unknown(_)));
        assert_eq!(found.meant.as_deref(), Some("`PCI 8.3.1` (Strong authentication)"));
        let found = parse("pci-8.3.1");
        assert_eq!(found.standing, Standing::Stranger);
        assert_eq!(found.meant.as_deref(), Some("`PCI 8.3.1` (Strong authentication)"));
        let found = parse("POL-1 \"x\"");
        assert_eq!((found.standing, found.url), (Standing::NotCovered, None));
        assert_eq!(parse("a PCI 8.3.1").standing, Standing::Stranger);
        assert!(catalogues(&own).starts_with("PCI, POLICY, CWE, "));
    }
}
