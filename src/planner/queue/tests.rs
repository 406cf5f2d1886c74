use super::*;

#[test]
fn pieces_joined_are_the_phase_and_keep_the_limits() {
    for (users_max, bytes_max) in [(1, 1000), (3, 1000), (100, 25), (100, 1), (4, 40)] {
        let mut queue = Queue::new((0..10).collect());
        let mut joined = Vec::new();
        while let Some(piece) = queue.next(users_max, bytes_max, |_| 10) {
            assert!(piece.changes.len() <= users_max);
            assert!(piece.changes.len() * 10 <= bytes_max || piece.changes.len() == 1);
            joined.extend(piece.changes);
        }
        assert_eq!(joined, (0..10).collect::<Vec<_>>());
        assert!(queue.is_empty());
    }
}

#[test]
fn bisection_finds_every_offender_within_its_bound() {
    for n in [1usize, 2, 3, 100, 400, 1000] {
        for bad in [
            vec![],
            vec![0],
            vec![n - 1],
            vec![n / 2, n / 3],
            (0..n).step_by(97).collect(),
        ] {
            let mut bad: Vec<usize> = bad;
            bad.sort_unstable();
            bad.dedup();
            let (sent, blamed) = bisect(n, &bad);
            assert_eq!(blamed, bad, "n={n}");
            let k = bad.len();
            let depth = n.next_power_of_two().trailing_zeros() as usize;
            let bound = (2 * k * depth + k).max(1);
            assert!(sent <= bound, "n={n} k={k}: {sent} calls, bound {bound}");
        }
    }
}

/// Sends pieces to a server that refuses any that holds an offender, without saying which.
fn bisect(n: usize, bad: &[usize]) -> (usize, Vec<usize>) {
    let mut queue = Queue::new((0..n).collect());
    let (mut sent, mut blamed, mut passed) = (0, Vec::new(), Vec::new());
    while let Some(piece) = queue.next(n, usize::MAX, |_| 1) {
        sent += 1;
        queue.landed(piece.cut);
        if !piece.changes.iter().any(|change| bad.contains(change)) {
            queue.passed(&piece);
            passed.extend(piece.changes);
        } else if piece.changes.len() == 1 {
            blamed.extend(piece.changes);
        } else {
            queue.cut_refused(&piece, &[]);
        }
    }
    assert_eq!(passed.len() + blamed.len(), n);
    blamed.sort_unstable();
    (sent, blamed)
}

#[test]
fn parked_pieces_come_back_as_poison_or_as_witnesses() {
    let mut queue = Queue::new(vec![]);
    queue.park(Piece::of(vec![1, 2, 3]));
    assert!(!queue.has_next() && !queue.is_empty());
    queue.release_as_poison();
    let first = queue.next(10, 100, |_| 1).unwrap();
    assert_eq!((first.changes, first.once), (vec![1, 2], true));

    queue.park(Piece::of(vec![9]));
    queue.release_as_witnesses();
    let witness = queue.next(10, 100, |_| 1).unwrap();
    assert_eq!((witness.changes, witness.once), (vec![9], false));
}

#[test]
fn when_a_pointer_lied_the_others_are_put_together_and_known_bad() {
    let mut queue = Queue::new(vec![]);
    queue.cut_refused(&Piece::of(vec![1, 2, 3, 4, 5]), &[0, 2]);
    let first = queue.next(10, 100, |_| 1).unwrap();
    assert_eq!((&*first.changes, first.suspect), (&[1][..], true));
    assert!(!queue.has_next(), "the others wait for what becomes of it");
    queue.landed(first.cut);
    queue.passed(&first);
    queue.lied(&first);
    assert_eq!(rest(&mut queue), [vec![2, 3], vec![4, 5]]);
}

#[test]
fn when_a_suspect_was_refused_alone_the_others_may_be_clean() {
    let mut queue = Queue::new(vec![]);
    queue.cut_refused(&Piece::of(vec![1, 2, 3, 4, 5]), &[0, 2]);
    let first = queue.next(10, 100, |_| 1).unwrap();
    queue.landed(first.cut);
    queue.proven(&first);
    let second = queue.next(10, 100, |_| 1).unwrap();
    assert_eq!((&*second.changes, second.suspect), (&[3][..], true));
    assert!(!queue.has_next(), "still one at a time");
    queue.landed(second.cut);
    queue.passed(&second);
    queue.lied(&second);
    assert_eq!(rest(&mut queue), [vec![2, 4, 5]]);
}

#[test]
fn halves_of_what_was_only_too_large_are_sent_whole() {
    let mut queue = Queue::new(vec![]);
    queue.cut_too_large(&Piece::of(vec![1, 2, 3, 4]));
    let first = queue.next(10, 100, |_| 1).unwrap();
    queue.passed(&first);
    assert_eq!(rest(&mut queue), [vec![3, 4]]);
}

#[test]
fn halves_of_a_failed_piece_testify_for_each_other() {
    let mut queue = Queue::new(vec![]);
    queue.park(Piece::of(vec![1, 2, 3, 4]));
    queue.release_as_witnesses();
    let first = queue.next(10, 100, |_| 1).unwrap();
    assert_eq!((queue.has_next(), first.once), (false, false));
    queue.landed(first.cut);
    queue.passed(&first);
    let second = queue.next(10, 100, |_| 1).unwrap();
    assert_eq!((&*second.changes, second.once), (&[3, 4][..], true));
}

#[test]
fn what_did_not_fit_is_cut_anew_unless_it_has_a_history() {
    let mut queue = Queue::new(vec![7, 8]);
    queue.put_back(Piece::of(vec![5, 6]));
    assert_eq!(queue.next(3, 100, |_| 1).unwrap().changes, [5, 6, 7]);
    queue.put_back(Piece {
        canary: true,
        ..Piece::of(vec![3, 4])
    });
    assert_eq!(rest(&mut queue), [vec![3, 4], vec![8]]);
}

#[test]
fn while_one_part_is_under_way_other_work_goes_on() {
    let mut queue = Queue::new(vec![7]);
    queue.cut_refused(&Piece::of(vec![1, 2]), &[]);
    assert_eq!(queue.next(1, 100, |_| 1).unwrap().changes, [1]);
    assert_eq!((queue.peek(), queue.has_next()), (Some(7), true));
    assert_eq!(queue.next(1, 100, |_| 1).unwrap().changes, [7]);
    assert_eq!((queue.next(1, 100, |_| 1), queue.is_empty()), (None, false));
}

/// What comes out from now on, each piece landing before the next is asked for.
fn rest(queue: &mut Queue) -> Vec<Vec<usize>> {
    let next = || {
        let piece = queue.next(10, 100, |_| 1)?;
        queue.landed(piece.cut);
        Some(piece.changes)
    };
    std::iter::from_fn(next).collect()
}

#[test]
fn removed_changes_are_gone_wherever_they_wait() {
    let mut queue = Queue::new(vec![1, 2, 3]);
    queue.push_front(vec![Piece::of(vec![4, 5])]);
    queue.park(Piece::of(vec![6]));
    let mut removed = queue.remove(|change| change % 2 == 0);
    removed.sort_unstable();
    assert_eq!(removed, vec![2, 4, 6]);
    assert!(!queue.has_parked());
    assert_eq!(queue.changes().collect::<Vec<_>>(), vec![1, 3, 5]);
}

#[test]
fn a_probe_is_a_row_that_nobody_named_and_what_is_given_up_is_of_that_chunk_alone() {
    let mut queue = Queue::new((0..12).collect());
    let piece = queue.next(8, usize::MAX, |_| 1).unwrap();
    assert!(piece.chunk.is_none());
    queue.cut_refused(&piece, &[0]);
    let suspect = queue.next(8, usize::MAX, |_| 1).unwrap();
    let chunk = suspect.chunk.unwrap();
    assert_eq!(suspect.changes, [0]);
    queue.landed(suspect.cut);
    queue.proven(&suspect);

    let probe = queue.take_probe(chunk).unwrap();
    assert_eq!((&*probe.changes, probe.chunk), (&[7][..], Some(chunk)));
    assert!(!probe.suspect, "if it passes, no pointer has lied");
    queue.push_front(vec![probe]);
    let probe = queue.next(8, usize::MAX, |_| 1).unwrap();
    assert_eq!(probe.changes, [7]);
    // The rest waits for it; the fresh ones do not.
    let fresh = queue.next(8, usize::MAX, |_| 1).unwrap();
    assert_eq!(fresh.changes, [8, 9, 10, 11]);
    queue.cut_refused(&fresh, &[]);
    queue.landed(probe.cut);

    assert!(queue.has_probe(chunk));
    assert_eq!(queue.give_up(chunk), [1, 2, 3, 4, 5, 6]);
    assert!(!queue.has_probe(chunk));
    assert_eq!(queue.take_probe(chunk), None);
    let left: Vec<usize> = queue.changes().collect();
    assert_eq!(left, [8, 9, 10, 11]);
}
