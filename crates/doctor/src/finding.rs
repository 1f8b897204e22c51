//! A finding: what is wrong, how sure that is, what speaks for and against it, and what to do.

/// How sure a finding is; the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// The provider said so itself, in a code or a figure.
    Certain,
    /// What was seen leaves little else.
    VeryLikely,
    /// It fits all that was seen.
    Likely,
    /// It fits, and so do others.
    Possible,
}

impl Confidence {
    /// The word people read.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::VeryLikely => "very likely",
            Self::Likely => "likely",
            Self::Possible => "possible",
        }
    }
}

/// What a finding does to calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Calls are refused for it.
    Stops,
    /// It makes another finding worse, or misleads.
    Warns,
}

/// Something that was seen, as a sentence without its full stop.
pub type Evidence = String;

/// Something to do, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// What to do, as a sentence.
    pub text: String,
    /// The exact page.
    pub page: Option<String>,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its row in the catalogue, such as `D03`.
    pub id: &'static str,
    /// One sentence.
    pub verdict: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// What it does to calls.
    pub weight: Weight,
    /// What speaks for it.
    pub supports: Vec<Evidence>,
    /// What speaks against it.
    pub contradicts: Vec<Evidence>,
    /// What to do, the first thing first.
    pub remedies: Vec<Remedy>,
}

impl Finding {
    /// A finding that stops calls.
    pub(crate) fn new(confidence: Confidence, verdict: impl Into<String>) -> Self {
        Self {
            id: "",
            verdict: verdict.into(),
            confidence,
            weight: Weight::Stops,
            supports: Vec::new(),
            contradicts: Vec::new(),
            remedies: Vec::new(),
        }
    }

    pub(crate) fn warns(self) -> Self {
        Self {
            weight: Weight::Warns,
            ..self
        }
    }

    pub(crate) fn because(mut self, evidence: impl Into<String>) -> Self {
        self.supports.push(evidence.into());
        self
    }

    pub(crate) fn because_all(mut self, evidence: impl IntoIterator<Item = String>) -> Self {
        self.supports.extend(evidence);
        self
    }

    pub(crate) fn against(mut self, evidence: impl IntoIterator<Item = String>) -> Self {
        self.contradicts.extend(evidence);
        self
    }

    pub(crate) fn fix(mut self, text: impl Into<String>) -> Self {
        self.remedies.push(Remedy {
            text: text.into(),
            page: None,
        });
        self
    }

    pub(crate) fn fix_at(mut self, text: impl Into<String>, page: impl Into<String>) -> Self {
        self.remedies.push(Remedy {
            text: text.into(),
            page: Some(page.into()),
        });
        self
    }

    /// The same, where the provider may have no such page.
    pub(crate) fn fix_where(
        self,
        text: impl Into<String>,
        page: Option<impl Into<String>>,
    ) -> Self {
        match page {
            Some(page) => self.fix_at(text, page),
            None => self.fix(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remedy_at_a_provider_without_pages_names_none() {
        let remedies = Finding::new(Confidence::Certain, "It is so.")
            .fix_where("Change it.", None::<&str>)
            .fix_where("Change it there.", Some("https://example.org"))
            .remedies;
        let pages: Vec<_> = remedies
            .iter()
            .map(|remedy| remedy.page.as_deref())
            .collect();
        assert_eq!(pages, [None, Some("https://example.org")]);
    }
}
