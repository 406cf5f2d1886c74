//! The long texts of `--help`: what a command does, and an example to copy.

pub(super) const ABOUT: &str = "\
Keeps the users of a ServiceMobility tenant in step with what an HR system exports.

It reads a CSV, JSON or Excel export, compares it with the current state of the tenant, shows what would \
change and why, sends the changes as chunked Bulk Users calls within the vendor's rate limits, and \
writes a report that traces every warning and error of the answers back to a line of the export.

Nothing is sent that was not shown: `plan` is `sync` without the last step.

  crewsync plan people.csv --against empty
  crewsync sync people.csv --sandbox";

pub(super) const AFTER: &str = "\
Credentials come from the environment, or from files named in the configuration, never from options:
  CREWSYNC_TOKEN
  CREWSYNC_USERNAME and CREWSYNC_PASSWORD
  CREWSYNC_CUSTOMER_ID and CREWSYNC_CUSTOMER_CODE

Exit codes:
    0  done
    1  stopped by an error
    2  wrong usage or configuration
    3  finished, but rows were refused, rejected, unconfirmed or held
    4  a guard held or refused something
    5  another run holds the lock
    6  the plan cannot be applied
   10  there are changes (plan --exit-code)
  130  interrupted, can be resumed
  143  terminated, can be resumed

Results go to standard output, everything else to standard error.";

pub(super) const INIT: &str = "\
Writes crewsync.toml for an export: which column is which field, by the names that HR systems use and by what stands in \
them, with how sure each line is; what its states mean for access; what could not be placed. Then it reads the export \
under it and says what is in the way. A file that exists is never written over.

With --against it learns from the users of a tenant, or of a file, which column is the key and how wide ids are.

  crewsync init people.csv
  crewsync init people.csv --against current.json --out hr.toml";

pub(super) const PREVIEW: &str = "\
Prints the rows of an export as they were understood, before any mapping. It shows how a file is read: \
packing, encoding, format, delimiter, quoting and header. Cells are printed exactly as read.

Exits with 3 if a row was refused, and with 1 if the whole file was.

  crewsync preview people.csv --explain
  crewsync preview people.csv --as ndjson | head -3";

pub(super) const VALIDATE: &str = "\
Reads, maps and checks an export, and lists every problem with file, line, column, value and a hint. \
It asks no tenant and needs no credentials.

Exits with 3 if a row was refused, and with 1 if the whole file was.

  crewsync validate people.csv
  crewsync validate people.csv --json | jq '.problems[].message'";

pub(super) const PLAN: &str = "\
Shows what `sync` would do and why: every user with every field from its old to its new value, what is \
held back and by which rule, how many calls it takes and how long. It sends nothing and takes no lock.

  crewsync plan people.csv --base-url https://tenant.example.com
  crewsync plan people.csv --against current.json
  crewsync plan people.csv --out plan.jsonl
  crewsync plan people.csv --against empty --exit-code --json";

pub(super) const APPLY: &str = "\
Sends a plan that was saved by `plan --out` or by `sync`, and needs nothing but the plan. It is refused (6) if \
it was altered, has expired, or was made for another tenant, source, mapping or configuration. Users who changed \
since it was made are held, users who are already as wanted are skipped, and what an earlier run of the same \
saved plan has done is not done again.

What the guards held or refused stays so, unless a person answers for it with --approved-by. An approval counts \
once; saving the same plan again renews it.

  crewsync apply plan.jsonl --exclude T-1004,T-1018
  crewsync apply c7d0fc44b381 --actions create,update
  crewsync apply c7d0 --approved-by \"Ada Lovelace\"";

pub(super) const SYNC: &str = "\
Compares the export with the tenant, sends what differs as chunked Bulk Users calls within the rate \
limits, and writes a report. A user is read again just before he is written, and what the export does \
not mention goes back as it was. For the nightly job; run it again after any failure. A run that was \
interrupted is made good: what was in flight is read back, then everything is planned anew.

  crewsync sync people.csv --base-url https://tenant.example.com
  crewsync sync people.csv --sandbox --sandbox-seed current.json
  export-from-hr | crewsync sync - --quiet --json";

pub(super) const RESUME: &str = "\
Finishes a run that was interrupted: by a signal, a crash, a power cut, a tenant that was gone. What was \
in flight is read back first, users that changed since are held, and what is missing is sent. The report \
is that of the whole run. If there is nothing to resume, it says so and exits with 0.

A run that began more than 12 hours ago is left to sync, which settles and plans anew by itself.

  crewsync resume --base-url https://tenant.example.com
  crewsync resume 0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b --json";

pub(super) const UNDO: &str = "\
Plans the reverse of a run from the journal, field by field and three ways: as it was before, as the run made it, as it \
is now. A field that somebody has changed since stays as it is and is told. Who was created is deleted again, who was \
deleted is created again with what can be set. Mails cannot be taken back. Without --apply nothing is sent; with it, the \
same guards hold as for any plan.

  crewsync undo 0193a1b2
  crewsync undo 0193a1b2 --apply";

pub(super) const HISTORY: &str = "\
Lists the runs that stand in the journal and the calls that were made by hand, newest first: when, how each ended, \
its figures, who approved what. It reads the state directory only and asks no tenant.

  crewsync history
  crewsync history --last 100 --json | jq -r '.runs[] | [.started_at, .how, .exit_code] | @tsv'";

pub(super) const REPORT: &str = "\
Tells the report of a run again, from the journal: what was planned, what became of each row, what the tenant said. \
Without a run it is that of the newest. Of a run that is at work, or was killed, it tells how far it has come.

  crewsync report
  crewsync report 0193a1b2 --json | jq '.outcomes[] | select(.status == \"rejected\")'";

pub(super) const EXPLAIN: &str = "\
Tells what became of one user, newest run first: the line of the export, the problems of its row, what was planned and \
why it was held, the calls that carried it and what the tenant said, how it ended; also which source answers for the \
user, and what is known of him in the tenant (--verbose shows all of it). It talks to no tenant.

With --from it follows the user through an export that has not been sent: his cells, what the mapping makes of each and by \
which rule, the problems, what would be done, and the object that would leave.

  crewsync explain T-1004
  crewsync explain T-1004 --from people.csv --against current.json
  crewsync explain T-1004 --json | jq '.runs[0].changes[].outcome'";

pub(super) const STATUS: &str = "\
For monitoring: exits 0 if the last run of the source came to its end and that is not too long ago; exits 1 if the \
last success is older than --max-age, or if the last run failed, was refused by a guard, or was killed. Rows that were \
refused or held do not make a run fail. It reads the state directory only.

  crewsync status --max-age 26h
  crewsync status --json | jq -r .status";

pub(super) const REFRESH: &str = "\
Reads the users of the tenant page by page, brings the stored state up to date, and shows what differs from \
it: who was changed by hand, field by field, who is gone, who is new. Nothing is sent. `plan --against store` \
compares with that state.

Whoever is no longer listed is asked for by himself before he counts as gone. Properties that the list never \
shows stay as they were last known. If it is interrupted, run it again.

  crewsync refresh --base-url https://tenant.example.com
  crewsync refresh --sandbox --out users.csv --json";

pub(super) const STATE: &str = "\
Looks after the state directory. None of it talks to a tenant.

`backup` copies the store as it stands at one moment, for its owner only, and reads the copy again; to go back to it, put it \
in the place of state.db while nothing runs. `verify` reads every row. `purge` removes runs that have ended, with their \
journal, reports and saved plans; the newest runs of each source stay, because guards compare with them. `forget` takes \
a person out of runs, calls, stored users, saved plans and reports: what was done is still told, only not to whom. He is \
known again as soon as an export or the tenant shows him.

  crewsync state backup /backup/crewsync-$(date +%F).db
  crewsync state verify /backup/crewsync-2026-11-26.db
  crewsync state purge --older-than 400d --yes
  crewsync state forget T-1004";

pub(super) const USER: &str = "\
Looks at or changes one user by hand: each call of the vendor's User REST API is a command here. Writes wait their \
turn under the same rate limits as a run, stand in the journal, and spare the users of [protect]. Before a write \
takes access or mails somebody it asks; --yes answers.

`put` reads the user just before and lays the file over him, so that what the file does not mention stays; \
Extensions are merged by key and Phones by their type. Passwords are typed without echo, or come from \
--password-file; never from an option.

  crewsync user get T-1004
  crewsync user put ann.json --notify
  crewsync user roles set T-1004 PLANNER DISPATCH
  crewsync user change-storage-location T-1004 VAN-7 --migrate-inventory
  crewsync user query --filter Activated:true --sort -LastName --limit 20
  crewsync user impersonate T-1004 --reason 'ticket 4711' --token-file token.txt";

pub(super) const ROLE: &str = "\
Looks at or changes who has a role, from the role's side: one call for many users, where `user roles set` makes one \
slow call for each. `set` shows who loses the role, and asks first.

  crewsync role users get PLANNER
  crewsync role users add PLANNER T-1004 T-1005
  crewsync role users set PLANNER T-1004";

pub(super) const TEAM: &str = "\
Looks at or changes who is in a service team, from the team's side: one call for many users. `set` shows who leaves \
the team, and asks first.

  crewsync team users get EAST
  crewsync team users set EAST T-1004 T-1005";

pub(super) const DOCTOR: &str = "\
Looks whether a run would find everything it needs: configuration, credentials and when they expire, the state \
directory and its disk, whether the tenant can be reached, what its clock and its rate-limit headers say, whether users \
can be listed. Each finding says what to do. It changes nothing, and exits with 1 if something does not work.

With --probe it also makes one user (without access, without a mail), finds out what no page of the vendor says, and \
deletes him: what becomes of properties that are left out, whether a chunk is all or nothing, how large a call may be, \
how errors are written. The answers are kept in the store, and runs go by them.

  crewsync doctor --base-url https://tenant.example.com
  crewsync doctor --json | jq '.findings[] | select(.verdict != \"ok\")'
  crewsync doctor --probe crewsync-probe --yes";

pub(super) const SANDBOX: &str = "\
Runs a local ServiceMobility: try things, train people, demonstrate, test an integration. It needs \
nothing of a user but UserID. Its first line on standard output says where it listens. It ends on Ctrl-C.

Beside the vendor's API it answers, without a token: GET /sandbox/users, GET /sandbox/requests, \
GET /sandbox/mails, POST /sandbox/faults and POST /sandbox/reset.

  crewsync sandbox --listen 127.0.0.1:8080 --seed people.csv --limits off
  crewsync sandbox --db tenant.db --faults faults.json";

pub(super) const CONFIG: &str = "\
Shows what the configuration comes to: `show` lists every key with the value that holds, --origin also where it comes from \
(an option, the environment, the profile, the file, the default). `schema` prints a JSON Schema for editors, `manual` all keys \
in Markdown. Secrets are never part of it.

  crewsync config show --origin --profile training
  crewsync config schema > crewsync.schema.json";

pub(super) const COMPLETIONS: &str = "\
Prints a script that completes commands, options and file names, for bash, elvish, fish, powershell or zsh.

  crewsync completions bash > ~/.local/share/bash-completion/completions/crewsync
  crewsync completions zsh > ~/.zfunc/_crewsync
  crewsync completions fish > ~/.config/fish/completions/crewsync.fish";

pub(super) const MAN: &str = "\
Prints the manual page in roff. With --out, a page for each command is written into a folder.

  crewsync man | man -l -
  crewsync man --out /usr/local/share/man/man1";

pub(super) const ADOPT: &str = "\
Makes the users in a file managed by the source, as if a run had listed them. From then on they count as absent when a \
full export does not mention them. Each is looked up first: if the tenant lacks one, nobody is adopted.

  crewsync adopt users.txt";

pub(super) const DISOWN: &str = "\
Takes the users in a file from the source. It no longer answers for them: their absence from an export means nothing. \
If the export lists them again, the next run manages them again. It asks no tenant.

  crewsync disown users.txt";

pub(super) const PAUSE: &str = "\
The kill switch: from this moment nothing is sent for the source. A run at work stops before its next call and can be \
resumed; sync, apply and resume refuse with exit 4 and repeat the reason. Plans can still be made.

  crewsync pause --reason \"HR moves to another system\"";

pub(super) const UNPAUSE: &str = "\
Lets a paused source send again. What waited is planned by the next sync, or finished by resume.

  crewsync unpause";
