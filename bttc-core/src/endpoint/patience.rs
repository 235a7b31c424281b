//! How long to wait for an endpoint, and how often.

use core::time::Duration;

/// How an endpoint is asked again. There is no chance in it: the same failures give the same waits.
///
/// ```
/// use bttc_core::endpoint::Patience;
/// use core::time::Duration;
///
/// let patience = Patience { tries: 4, first_wait: Duration::from_secs(1), longest_wait: Duration::from_secs(3), ..Patience::default() };
/// let waits = [1, 2, 3, 4].map(|failures| patience.wait(failures, None).map(|wait| wait.as_secs()));
/// assert_eq!(waits, [Some(1), Some(2), Some(3), None]);
/// assert_eq!(patience.wait(1, Some(Duration::from_secs(60))), None); // asked for more than it has
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Tries in a row without progress, the first one included.
    pub tries: u32,
    /// Wait after the first failure; each further one doubles it.
    pub first_wait: Duration,
    /// Longest wait.
    pub longest_wait: Duration,
    /// Longest time that one try takes, connection and answer included.
    pub timeout: Duration,
    /// Longest answer, bytes.
    pub longest_answer: usize,
}

impl Default for Patience {
    /// Six tries with waits of 0.25 s to 4 s between them, 30 s each, 64 MiB an answer.
    fn default() -> Self {
        Self {
            tries: 6,
            first_wait: Duration::from_millis(250),
            longest_wait: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            longest_answer: 64 << 20,
        }
    }
}

impl Patience {
    /// How long to wait after this many failures in a row, the endpoint having asked for a wait itself or not; `None`
    /// to give up.
    #[must_use]
    pub fn wait(&self, failures: u32, asked: Option<Duration>) -> Option<Duration> {
        if failures >= self.tries {
            return None;
        }
        let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
        let own = self.first_wait.saturating_mul(doubled).min(self.longest_wait);
        match asked {
            Some(asked) if asked > self.longest_wait => None,
            Some(asked) => Some(asked.max(own)),
            None => Some(own),
        }
    }
}
