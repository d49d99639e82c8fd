//! The graph of a function's control flow: predecessors, reverse postorder, dominators, natural loops.

use crate::ir::{BlockId, Function};
use cranelift_entity::{EntitySet, SecondaryMap};

pub struct Graph {
    /// One entry for each edge.
    pub predecessors: SecondaryMap<BlockId, Vec<BlockId>>,
    /// Reachable blocks in reverse postorder: a block before all that it dominates.
    pub order: Vec<BlockId>,
    /// Index in `order`; `usize::MAX` for unreachable blocks.
    position: SecondaryMap<BlockId, usize>,
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
        let mut position = SecondaryMap::with_default(usize::MAX);
        position.resize(function.blocks.len());
        order.iter().enumerate().for_each(|(index, block)| position[*block] = index);
        let mut predecessors: SecondaryMap<BlockId, Vec<BlockId>> = SecondaryMap::new();
        predecessors.resize(function.blocks.len());
        for block in &order {
            function.blocks[*block].terminator.each_edge(|next, _| predecessors[next].push(*block));
        }
        let dominator = dominators(&order, &position, &predecessors);
        let mut graph = Graph { predecessors, order, position, dominator, below: Vec::new() };
        graph.below = graph.numbers();
        graph
    }

    pub fn is_reachable(&self, block: BlockId) -> bool {
        self.position[block] != usize::MAX
    }

    /// Does every way to `inner` lead through `outer`? Both are reachable.
    pub fn dominates(&self, outer: BlockId, inner: BlockId) -> bool {
        let outer = self.below[self.position[outer]];
        let inner = self.below[self.position[inner]];
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
                    numbers[self.position[block]].0 = next;
                    next += 1;
                }
                Step::Leave(block) => numbers[self.position[block]].1 = next - 1,
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
        self.position[to] <= self.position[from]
    }

    pub fn is_header(&self, block: BlockId) -> bool {
        self.predecessors[block].iter().any(|from| self.is_back_edge(*from, block))
    }

    /// The natural loops, inner ones after those around them.
    pub fn loops(&self) -> Vec<Loop> {
        let mut loops: Vec<Loop> = Vec::new();
        for header in &self.order {
            let mut latches: Vec<BlockId> = Vec::new();
            for from in &self.predecessors[*header] {
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
        let mut inside = EntitySet::with_capacity(self.order.len());
        inside.insert(header);
        let mut blocks = vec![header];
        let mut waiting = latches.to_vec();
        while let Some(block) = waiting.pop() {
            if inside.insert(block) {
                blocks.push(block);
                waiting.extend(&self.predecessors[block]);
            }
        }
        // In the order of the function, so that definitions come before uses.
        blocks.sort_by_key(|block| self.position[*block]);
        blocks
    }
}

/// The reachable blocks, each before all that it dominates; the same order for the same function.
pub fn reverse_postorder(function: &Function) -> Vec<BlockId> {
    let mut seen = EntitySet::with_capacity(function.blocks.len());
    let mut order = Vec::with_capacity(function.blocks.len());
    // A block, and how many of its successors have not been visited yet.
    let mut stack = vec![(BlockId::ENTRY, function.blocks[BlockId::ENTRY].terminator.successor_count())];
    seen.insert(BlockId::ENTRY);
    while let Some((block, waiting)) = stack.last_mut() {
        if *waiting == 0 {
            order.push(*block);
            stack.pop();
            continue;
        }
        *waiting -= 1;
        let next = function.blocks[*block].terminator.successor(*waiting);
        if seen.insert(next) {
            stack.push((next, function.blocks[next].terminator.successor_count()));
        }
    }
    order.reverse();
    order
}

/// How many edges lead to each block from these ones.
pub fn predecessor_counts(function: &Function, from: &[BlockId]) -> SecondaryMap<BlockId, u32> {
    let mut counts = SecondaryMap::with_capacity(function.blocks.len());
    counts.resize(function.blocks.len());
    for block in from {
        function.blocks[*block].terminator.each_edge(|next, _| counts[next] += 1);
    }
    counts
}

/// Cooper, Harvey, Kennedy: "A Simple, Fast Dominance Algorithm".
fn dominators(
    order: &[BlockId],
    position: &SecondaryMap<BlockId, usize>,
    predecessors: &SecondaryMap<BlockId, Vec<BlockId>>,
) -> Vec<usize> {
    let mut dominator = vec![usize::MAX; order.len()];
    dominator[0] = 0;
    // From the last to the first, so that where many blocks of a long chain lead to one, the way up the
    // chain is gone once and not from each of them.
    let mut ways: Vec<usize> = Vec::with_capacity(order.len() * 2);
    let ends: Vec<usize> = order
        .iter()
        .map(|block| {
            let start = ways.len();
            let from = predecessors[*block].iter().map(|from| position[*from]);
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
