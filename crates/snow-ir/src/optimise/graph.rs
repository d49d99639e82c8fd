//! The shape of a function: predecessors, order, dominators, loops.

use crate::ir::{BlockId, Function};

pub struct Graph {
    /// One entry for each edge.
    pub predecessors: Vec<Vec<BlockId>>,
    /// Reachable blocks in reverse postorder: a block before all that it dominates.
    pub order: Vec<BlockId>,
    /// Index in `order`; `usize::MAX` for unreachable blocks.
    position: Vec<usize>,
    /// The nearest dominator, by index in `order`; the entry's is itself.
    dominator: Vec<usize>,
}

/// A natural loop: all back-edges to one header.
pub struct Loop {
    pub header: BlockId,
    /// Blocks with an edge back to the header.
    pub latches: Vec<BlockId>,
    /// The header included.
    pub blocks: Vec<BlockId>,
}

impl Graph {
    pub fn of(function: &Function) -> Graph {
        let order = reverse_postorder(function);
        let mut position = vec![usize::MAX; function.blocks.len()];
        order.iter().enumerate().for_each(|(index, block)| position[block.0 as usize] = index);
        let mut predecessors = vec![Vec::new(); function.blocks.len()];
        for block in &order {
            for next in function.blocks[block.0 as usize].terminator.successors() {
                predecessors[next.0 as usize].push(*block);
            }
        }
        let dominator = dominators(&order, &position, &predecessors);
        Graph { predecessors, order, position, dominator }
    }

    /// Does every way to `inner` lead through `outer`? Both are reachable.
    pub fn dominates(&self, outer: BlockId, inner: BlockId) -> bool {
        let outer = self.position[outer.0 as usize];
        let mut at = self.position[inner.0 as usize];
        while at > outer {
            at = self.dominator[at];
        }
        at == outer
    }

    /// The natural loops, inner ones after those around them.
    pub fn loops(&self, function: &Function) -> Vec<Loop> {
        let mut loops: Vec<Loop> = Vec::new();
        for block in &self.order {
            for next in function.blocks[block.0 as usize].terminator.successors() {
                if !self.dominates(next, *block) {
                    continue;
                }
                match loops.iter_mut().find(|known| known.header == next) {
                    Some(known) if known.latches.contains(block) => {}
                    Some(known) => known.latches.push(*block),
                    None => loops.push(Loop { header: next, latches: vec![*block], blocks: vec![] }),
                }
            }
        }
        for found in &mut loops {
            found.blocks = self.body(found.header, &found.latches);
        }
        loops.sort_by_key(|found| self.position[found.header.0 as usize]);
        loops
    }

    fn body(&self, header: BlockId, latches: &[BlockId]) -> Vec<BlockId> {
        let mut inside = vec![false; self.position.len()];
        inside[header.0 as usize] = true;
        let mut blocks = vec![header];
        let mut waiting = latches.to_vec();
        while let Some(block) = waiting.pop() {
            if !std::mem::replace(&mut inside[block.0 as usize], true) {
                blocks.push(block);
                waiting.extend(&self.predecessors[block.0 as usize]);
            }
        }
        blocks
    }
}

fn reverse_postorder(function: &Function) -> Vec<BlockId> {
    let mut seen = vec![false; function.blocks.len()];
    let mut order = Vec::new();
    let mut stack = vec![(BlockId(0), function.blocks[0].terminator.successors())];
    seen[0] = true;
    while let Some((block, waiting)) = stack.last_mut() {
        match waiting.pop() {
            Some(next) => {
                if !std::mem::replace(&mut seen[next.0 as usize], true) {
                    stack.push((next, function.blocks[next.0 as usize].terminator.successors()));
                }
            }
            None => {
                order.push(*block);
                stack.pop();
            }
        }
    }
    order.reverse();
    order
}

/// Cooper, Harvey, Kennedy: "A Simple, Fast Dominance Algorithm".
fn dominators(order: &[BlockId], position: &[usize], predecessors: &[Vec<BlockId>]) -> Vec<usize> {
    let mut dominator = vec![usize::MAX; order.len()];
    dominator[0] = 0;
    let mut changed = true;
    while changed {
        changed = false;
        for (index, block) in order.iter().enumerate().skip(1) {
            let mut nearest = usize::MAX;
            for predecessor in &predecessors[block.0 as usize] {
                let mut other = position[predecessor.0 as usize];
                if other == usize::MAX || dominator[other] == usize::MAX {
                    continue;
                }
                if nearest == usize::MAX {
                    nearest = other;
                    continue;
                }
                while nearest != other {
                    if nearest > other {
                        nearest = dominator[nearest];
                    } else {
                        other = dominator[other];
                    }
                }
            }
            if dominator[index] != nearest {
                dominator[index] = nearest;
                changed = true;
            }
        }
    }
    dominator
}
