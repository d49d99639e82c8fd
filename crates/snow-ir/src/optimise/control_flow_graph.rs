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
    /// By index in `order`: the numbers of the first and the last block below this one, itself
    /// included, in a walk over the tree of dominators.
    below: Vec<(u32, u32)>,
}

/// A natural loop: all back-edges to one header.
pub struct Loop {
    pub header: BlockId,
    /// Blocks with an edge back to the header.
    pub latches: Vec<BlockId>,
    /// The header included.
    pub blocks: Vec<BlockId>,
}

/// A step of a walk over the tree of dominators.
pub enum Step {
    Enter(BlockId),
    /// All that this block dominates has been entered and left.
    Leave(BlockId),
}

impl Graph {
    pub fn of(function: &Function) -> Graph {
        let order = reverse_postorder(function);
        let mut position = vec![usize::MAX; function.blocks.len()];
        order.iter().enumerate().for_each(|(index, block)| position[block.0 as usize] = index);
        let mut predecessors = vec![Vec::new(); function.blocks.len()];
        for block in &order {
            function.blocks[block.0 as usize]
                .terminator
                .each_edge(|next, _| predecessors[next.0 as usize].push(*block));
        }
        let dominator = dominators(&order, &position, &predecessors);
        let mut graph = Graph { predecessors, order, position, dominator, below: Vec::new() };
        graph.below = graph.numbers();
        graph
    }

    /// Does every way to `inner` lead through `outer`? Both are reachable.
    pub fn dominates(&self, outer: BlockId, inner: BlockId) -> bool {
        let outer = self.below[self.position[outer.0 as usize]];
        let inner = self.below[self.position[inner.0 as usize]];
        outer.0 <= inner.0 && inner.1 <= outer.1
    }

    /// All reachable blocks, each between its dominator's entering and leaving.
    pub fn walk(&self) -> Vec<Step> {
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); self.order.len()];
        for index in (1..self.order.len()).rev() {
            children[self.dominator[index]].push(index);
        }
        let mut steps = Vec::with_capacity(2 * self.order.len());
        let mut waiting = vec![(0, true)];
        while let Some((index, enter)) = waiting.pop() {
            if enter {
                steps.push(Step::Enter(self.order[index]));
                waiting.push((index, false));
                waiting.extend(children[index].iter().map(|child| (*child, true)));
            } else {
                steps.push(Step::Leave(self.order[index]));
            }
        }
        steps
    }

    fn numbers(&self) -> Vec<(u32, u32)> {
        let mut numbers = vec![(0, 0); self.order.len()];
        let mut next = 0;
        for step in self.walk() {
            match step {
                Step::Enter(block) => {
                    numbers[self.position[block.0 as usize]].0 = next;
                    next += 1;
                }
                Step::Leave(block) => numbers[self.position[block.0 as usize]].1 = next - 1,
            }
        }
        numbers
    }

    /// Is this edge one from a loop's end back to its header?
    pub fn is_back_edge(&self, from: BlockId, to: BlockId) -> bool {
        self.dominates(to, from)
    }

    /// Is this an edge against the order: part of a cycle, be it a natural loop or not?
    pub fn goes_back(&self, from: BlockId, to: BlockId) -> bool {
        self.position[to.0 as usize] <= self.position[from.0 as usize]
    }

    pub fn is_header(&self, block: BlockId) -> bool {
        self.predecessors[block.0 as usize].iter().any(|from| self.is_back_edge(*from, block))
    }

    /// The natural loops, inner ones after those around them.
    pub fn loops(&self) -> Vec<Loop> {
        let mut loops: Vec<Loop> = Vec::new();
        for header in &self.order {
            let mut latches: Vec<BlockId> = Vec::new();
            for from in &self.predecessors[header.0 as usize] {
                if self.is_back_edge(*from, *header) && !latches.contains(from) {
                    latches.push(*from);
                }
            }
            if !latches.is_empty() {
                let blocks = self.body(*header, &latches);
                loops.push(Loop { header: *header, latches, blocks });
            }
        }
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
        // In the order of the function, so that definitions come before uses.
        blocks.sort_by_key(|block| self.position[block.0 as usize]);
        blocks
    }
}

fn reverse_postorder(function: &Function) -> Vec<BlockId> {
    let mut seen = vec![false; function.blocks.len()];
    let mut order = Vec::with_capacity(function.blocks.len());
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
    // From the last to the first, so that where many blocks of a long chain lead to one, the way up the
    // chain is gone once and not from each of them.
    let mut ways: Vec<usize> = Vec::with_capacity(order.len() * 2);
    let ends: Vec<usize> = order
        .iter()
        .map(|block| {
            let start = ways.len();
            let from = predecessors[block.0 as usize].iter().map(|from| position[from.0 as usize]);
            ways.extend(from.filter(|from| *from != usize::MAX));
            ways[start..].sort_unstable_by_key(|from| std::cmp::Reverse(*from));
            ways.len()
        })
        .collect();
    let mut changed = true;
    while changed {
        changed = false;
        for index in 1..order.len() {
            let mut nearest = usize::MAX;
            for &from in &ways[ends[index - 1]..ends[index]] {
                let mut other = from;
                if dominator[other] == usize::MAX {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::testing::program;

    #[test]
    fn dominators_and_loops_of_two_nested_loops() {
        let program = program(
            "fn \"f\" -> int
            b0(v0: int, v1: bool):
              jump b1
            b1():
              branch v1, b2, b4
            b2():
              branch v1, b2, b3
            b3():
              jump b1
            b4():
              return v0",
        );
        let graph = Graph::of(&program.functions[0]);
        assert!(graph.dominates(BlockId(1), BlockId(3)) && graph.dominates(BlockId(2), BlockId(3)));
        assert!(!graph.dominates(BlockId(2), BlockId(4)) && !graph.dominates(BlockId(3), BlockId(2)));
        let loops = graph.loops();
        let headers: Vec<BlockId> = loops.iter().map(|found| found.header).collect();
        assert_eq!(headers, [BlockId(1), BlockId(2)], "the outer loop first");
        assert_eq!(loops[0].blocks, [BlockId(1), BlockId(2), BlockId(3)]);
        assert_eq!(loops[1].blocks, [BlockId(2)]);
        assert!(graph.is_header(BlockId(2)) && !graph.is_header(BlockId(3)));
    }

    #[test]
    fn unreachable_blocks_are_left_out() {
        let program = program(
            "fn \"f\" -> int
            b0(v0: int):
              return v0
            b1():
              jump b0(v0)",
        );
        let graph = Graph::of(&program.functions[0]);
        assert_eq!(graph.order, [BlockId(0)]);
        assert!(graph.predecessors[0].is_empty());
    }
}
