//! Durations as Go writes them: `5s`, `-1.5h`, `1m30s`.
//!
//! Source: `go:time/format.go (ParseDuration)`.

/// Whether this text is one; if not, the reference's words for why.
pub(super) fn check(text: &str) -> Result<(), String> {
    let invalid = || format!("time: invalid duration {text:?}");
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return Ok(());
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let (digit, mut total) = (|c: char| c.is_ascii_digit(), 0_u64);
    while !rest.is_empty() {
        let behind = rest.trim_start_matches(digit);
        let (whole, _) = rest.split_at(rest.len().saturating_sub(behind.len()));
        let fraction = behind.strip_prefix('.');
        let unit = fraction.map_or(behind, |fraction| fraction.trim_start_matches(digit));
        if whole.is_empty() && fraction.is_none_or(|fraction| fraction == unit) {
            return Err(invalid());
        }
        let end = unit.find(|c: char| c == '.' || digit(c)).unwrap_or(unit.len());
        let (unit, next) = unit.split_at(end);
        let nanoseconds: u64 = match unit {
            "" => return Err(format!("time: missing unit in duration {text:?}")),
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return Err(format!("time: unknown unit {unit:?} in duration {text:?}")),
        };
        let whole: Option<u64> = if whole.is_empty() { Some(0) } else { whole.parse().ok() };
        let sum = whole.and_then(|whole| whole.checked_mul(nanoseconds)).and_then(|part| total.checked_add(part));
        total = sum.filter(|sum| i64::try_from(*sum).is_ok()).ok_or_else(invalid)?;
        rest = next;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_duration_is_numbers_with_units() {
        for good in ["0", "-0", "5s", "-1.5h", "1m30s", ".5ms", "1.us", "9223372036854775807ns"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in ["", "-", "s", ".s", "5s.", "--1s", "9223372036854775808ns", "99999999999999999999s"] {
            assert_eq!(check(bad), Err(format!("time: invalid duration \"{bad}\"")));
        }
        assert_eq!(check("10"), Err("time: missing unit in duration \"10\"".to_owned()));
        assert_eq!(check("1m2x"), Err("time: unknown unit \"x\" in duration \"1m2x\"".to_owned()));
    }
}
