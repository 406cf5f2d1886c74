//! Figures as people write them.

/// A number with its thousands set apart: `1,234,567`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with its noun: `1 call`, `2 calls`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// A time in the two units that matter: `under 1 s`, `31 s`, `5 min 30 s`, `2 h 5 min`.
pub fn duration(seconds: f64) -> String {
    if seconds < 1.0 {
        return "under 1 s".to_owned();
    }
    let all = seconds.ceil() as u64;
    let (big, big_name, small, small_name) = match all {
        0..60 => return format!("{all} s"),
        60..3600 => (all / 60, "min", all % 60, "s"),
        _ => (all / 3600, "h", all % 3600 / 60, "min"),
    };
    match small {
        0 => format!("{} {big_name}", count(big)),
        _ => format!("{} {big_name} {small} {small_name}", count(big)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_easily() {
        for (number, want) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (12_345_678, "12,345,678"),
        ] {
            assert_eq!(count(number), want);
        }
        assert_eq!(counted(1, "call", "calls"), "1 call");
        assert_eq!(counted(0, "call", "calls"), "0 calls");
        for (seconds, want) in [
            (0.0, "under 1 s"),
            (30.2, "31 s"),
            (59.5, "1 min"),
            (330.0, "5 min 30 s"),
            (7500.0, "2 h 5 min"),
            (1e7, "2,777 h 46 min"),
        ] {
            assert_eq!(duration(seconds), want);
        }
    }
}
