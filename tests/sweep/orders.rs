//! Two remediators on one account, in every order.

use trailkeeper_tests::sweep::{
    Counted, Ended, Grain, Memory, Orders, Script, Start, Visited, take_turns,
};

/// Of runs up to so many units, a write or the reads before one, all orders are played with reads
/// and writes apart: a few hundred runs.
const FEW_UNITS: usize = 6;
/// In longer runs one remediator comes this often at most between what the other has seen and what
/// it does about it: all orders of a run of ten units are 19,400 runs, of one of eleven many more.
const BREAKS_IN: usize = 4;

/// Which orders are played from a start. A long run is played in all orders of its writes, each
/// glued to its reads, and in those with few interruptions of reads and writes apart; unless `all`
/// are asked for.
fn orders_of(start: &Start, all: bool) -> Vec<Orders> {
    if all || units(start) <= FEW_UNITS {
        return vec![Orders::default()];
    }
    let glued = Orders {
        grain: Grain::Glued,
        bound: None,
    };
    let apart = Orders {
        grain: Grain::Apart,
        bound: Some(BREAKS_IN),
    };
    vec![glued, apart]
}

/// The writes of the run without a rival, and the groups of reads between them.
fn units(start: &Start) -> usize {
    let calls = start.clean.calls.iter().map(|call| call.write);
    let mut last = None;
    let mut units = 0;
    for writes in calls {
        units += usize::from(writes || last != Some(writes));
        last = Some(writes);
    }
    units
}

/// Plays the orders that a start is given.
pub(crate) fn every_order(start: &Start, memory: &Memory, all: bool) -> Counted {
    let mut sum = Counted::default();
    for orders in orders_of(start, all) {
        sum.add(play(start, orders, memory));
    }
    sum
}

fn play(start: &Start, orders: Orders, memory: &Memory) -> Counted {
    let mut sum = Counted::default();
    let mut visited = Visited::default();
    let mut order = Some(Vec::new());
    while let Some(given) = order {
        let told = take_turns(start, &given, orders, memory, &mut visited);
        let script = Script {
            start: start.name.clone(),
            turns: Some(told.turns.clone()),
            ..Script::default()
        };
        let ended = Ended {
            breaks: told.breaks,
            calls: told.calls,
            positions: 0,
        };
        let mut counted = ended.counted(&script);
        for broken in &counted.broken {
            println!("{broken}");
        }
        if told.is_same {
            (counted.runs, counted.needless) = (0, 1);
        }
        sum.add(counted);
        order = told.next;
    }
    sum
}
