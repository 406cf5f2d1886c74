//! The errors of the stages as failures: which kind each is, and where its hint stands.

use std::error::Error;

use crate::api::ClientError;
use crate::failure::{Failure, FailureKind};
use crate::fetch::FetchError;
use crate::input::InputError;
use crate::store::StoreError;

/// The whole file is refused; its bad rows alone would be problems.
impl From<InputError> for Failure {
    fn from(error: InputError) -> Failure {
        let failure = Failure::stopped(error.to_string());
        let failure = match error.source() {
            Some(cause) => failure.caused_by_all(cause),
            None => failure,
        };
        match &error.problem.hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

/// No client could be made of the settings; nothing was asked yet.
impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Failure {
        let failure = Failure::usage(error.to_string());
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

/// The tenant could not be read; nothing is to be resumed because of that alone.
impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Failure {
        let failure = match error.is_configuration() {
            true => Failure::usage(error.to_string()),
            false => Failure::stopped(error.to_string()),
        };
        let failure = error.causes().into_iter().fold(failure, Failure::caused_by);
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

/// The state directory or the store cannot be used. Whether a run can be resumed is known to who ran it.
impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        let kind = match error {
            StoreError::Locked { .. } => FailureKind::Locked,
            _ => FailureKind::Stopped,
        };
        let failure = Failure::new(kind, error.to_string()).hint(error.hint());
        match error.source() {
            Some(cause) => failure.caused_by_all(cause),
            None => failure,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::api::BaseUrl;
    use crate::failure::Exit;
    use crate::fetch::FetchErrorKind;
    use crate::input::{Export, ReadOptions};

    #[test]
    fn a_refused_file_stops_the_command_and_says_why() {
        let error = Export::open(Path::new("/no/such.csv"), &ReadOptions::default()).unwrap_err();
        let failure = Failure::from(error);
        assert_eq!(failure.exit(), Exit::Stopped);
        assert!(failure.message.contains("/no/such.csv"), "{failure:?}");
        assert!(
            !failure.causes.is_empty(),
            "the system's words are kept: {failure:?}"
        );
    }

    #[test]
    fn a_client_that_cannot_be_made_is_a_matter_of_configuration() {
        let error = "ftp://x".parse::<BaseUrl>().unwrap_err();
        assert_eq!(Failure::from(error).exit(), Exit::Usage);
    }

    #[test]
    fn a_lock_that_another_run_holds_has_an_exit_of_its_own() {
        let dir = std::path::PathBuf::from("state");
        let locked = StoreError::Locked { dir, holder: None };
        assert_eq!(Failure::from(locked).exit(), Exit::Locked);
        let path = std::path::PathBuf::from("state.db");
        let why = "disk full".to_owned();
        assert_eq!(
            Failure::from(StoreError::Stopped { path, why }).exit(),
            Exit::Stopped
        );
    }

    #[test]
    fn a_tenant_that_cannot_be_read_stops_us_and_a_wrong_address_is_ours_to_mend() {
        let unreachable = FetchErrorKind::Unreachable {
            attempts: 4,
            why: "refused".to_owned(),
        };
        for (kind, exit, causes) in [
            (unreachable, Exit::Stopped, 1),
            (FetchErrorKind::WrongBaseUrl, Exit::Usage, 0),
        ] {
            let failure = Failure::from(FetchError {
                origin: "https://h:443".to_owned(),
                what: "user a".to_owned(),
                kind,
            });
            assert_eq!((failure.exit(), failure.causes.len()), (exit, causes));
            assert!(failure.hint.is_some());
        }
    }
}
