//! "Did you mean": the repair half of every message about an unknown name.

/// Beyond this normalised similarity a suggestion confuses more than it helps.
const SIMILAR: f64 = 0.6;

/// The candidates nearest to `name`, best first, at most `most`.
pub fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    most: usize,
) -> Vec<&'a str> {
    let name = name.to_lowercase();
    let mut scored: Vec<(f64, &str)> = candidates
        .into_iter()
        .map(|c| {
            let lower = c.to_lowercase();
            let contained = !name.is_empty() && (lower.contains(&name) || name.contains(&lower));
            // Jaro-Winkler for a good beginning, Damerau-Levenshtein for swapped letters (`tga`).
            let edits = strsim::normalized_damerau_levenshtein(&name, &lower);
            let score = strsim::jaro_winkler(&name, &lower).max(edits);
            // A word inside a longer one counts by how much of it it is: `tag` beats `vlan_tag`.
            let (short, long) = (name.len().min(lower.len()), name.len().max(lower.len()));
            let share = if long == 0 {
                0.0
            } else {
                f64::from(u32::try_from(short).unwrap_or(0))
                    / f64::from(u32::try_from(long).unwrap_or(1))
            };
            (if contained { score.max(0.7 + 0.2 * share) } else { score }, c)
        })
        .filter(|(score, _)| *score >= SIMILAR)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().take(most).map(|(_, c)| c).collect()
}

/// `; did you mean `ip`?`, or nothing when no candidate is near.
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, candidates, 1)
        .first()
        .map_or_else(String::new, |best| format!("; did you mean `{best}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_its_word_and_nonsense_finds_none() {
        let words = ["ip", "mac", "hostname"];
        assert_eq!(did_you_mean("hostnme", words), "; did you mean `hostname`?");
        assert_eq!(did_you_mean("zzzzqqq", words), "");
        assert_eq!(did_you_mean("tga", ["interface_name", "tag"]), "; did you mean `tag`?");
    }
}
