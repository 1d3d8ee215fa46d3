//! Sets of numbers as sorted intervals: addresses, ports, protocols and ICMP types alike.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ipnet::IpNet;

/// Address family of a packet and of everything compared with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    V4,
    V6,
}

impl Family {
    pub const BOTH: [Self; 2] = [Self::V4, Self::V6];

    /// The largest address as a number.
    pub const fn last(self) -> u128 {
        match self {
            Self::V4 => 0xffff_ffff,
            Self::V6 => u128::MAX,
        }
    }

    pub const fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Self::V4,
            IpAddr::V6(_) => Self::V6,
        }
    }

    /// `inet` or `inet6`, as pf writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V4 => "inet",
            Self::V6 => "inet6",
        }
    }

    /// The address that `number` stands for in this family.
    pub fn address(self, number: u128) -> IpAddr {
        match self {
            Self::V4 => IpAddr::V4(Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX))),
            Self::V6 => IpAddr::V6(Ipv6Addr::from(number)),
        }
    }
}

/// An address as a number within its family.
pub fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u32::from(v4).into(),
        IpAddr::V6(v6) => v6.into(),
    }
}

/// First and last number of a network.
pub(super) fn ends(net: IpNet) -> (u128, u128) {
    (number(net.network()), number(net.broadcast()))
}

/// A set of numbers: sorted, disjoint, non-adjacent intervals, both ends included. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Set(Arc<[(u128, u128)]>);

impl Default for Set {
    fn default() -> Self {
        Self::empty()
    }
}

impl Set {
    pub fn empty() -> Self {
        Self(Arc::default())
    }

    pub fn interval(first: u128, last: u128) -> Self {
        if first > last { Self::empty() } else { Self(Arc::new([(first, last)])) }
    }

    pub fn point(number: u128) -> Self {
        Self::interval(number, number)
    }

    pub fn of_net(net: IpNet) -> Self {
        let (first, last) = ends(net);
        Self::interval(first, last)
    }

    /// The union of any intervals, in any order.
    pub fn of(mut intervals: Vec<(u128, u128)>) -> Self {
        intervals.retain(|(first, last)| first <= last);
        intervals.sort_unstable();
        let mut merged: Vec<(u128, u128)> = Vec::with_capacity(intervals.len());
        for (first, last) in intervals {
            match merged.last_mut() {
                Some(before) if first <= before.1.saturating_add(1) => {
                    before.1 = before.1.max(last);
                }
                _ => merged.push((first, last)),
            }
        }
        Self(merged.into())
    }

    pub fn intervals(&self) -> &[(u128, u128)] {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is everything from 0 to `last`.
    pub fn is_all(&self, last: u128) -> bool {
        matches!(&*self.0, [(0, end)] if *end >= last)
    }

    pub fn first(&self) -> Option<u128> {
        self.0.first().map(|(first, _)| *first)
    }

    pub fn last(&self) -> Option<u128> {
        self.0.last().map(|(_, last)| *last)
    }

    /// How many numbers it holds, saturating.
    pub fn len(&self) -> u128 {
        self.0.iter().fold(0, |n: u128, (a, b)| n.saturating_add(b - a).saturating_add(1))
    }

    pub fn contains(&self, number: u128) -> bool {
        match &*self.0 {
            [] => false,
            [(first, last)] => *first <= number && number <= *last,
            many => {
                let after = many.partition_point(|(first, _)| *first <= number);
                after
                    .checked_sub(1)
                    .and_then(|i| many.get(i))
                    .is_some_and(|(_, last)| number <= *last)
            }
        }
    }

    pub fn union(&self, other: &Self) -> Self {
        if self.is_empty() {
            return other.clone();
        }
        if other.is_empty() {
            return self.clone();
        }
        Self::of(self.0.iter().chain(&*other.0).copied().collect())
    }

    pub fn intersect(&self, other: &Self) -> Self {
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut both = Vec::new();
        while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
            let (first, last) = (x.0.max(y.0), x.1.min(y.1));
            if first <= last {
                both.push((first, last));
            }
            if x.1 <= y.1 {
                a.next()
            } else {
                b.next()
            };
        }
        Self(both.into())
    }

    pub fn meets(&self, other: &Self) -> bool {
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
            if x.0.max(y.0) <= x.1.min(y.1) {
                return true;
            }
            if x.1 <= y.1 {
                a.next()
            } else {
                b.next()
            };
        }
        false
    }

    pub fn minus(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        let mut cuts = other.0.iter().peekable();
        for (first, last) in &*self.0 {
            let mut from = Some(*first);
            while let Some(cut) = cuts.peek() {
                let Some(start) = from else { break };
                if cut.0 > *last {
                    break;
                }
                if cut.1 < start {
                    cuts.next();
                    continue;
                }
                if cut.0 > start {
                    left.push((start, cut.0 - 1));
                }
                from = cut.1.checked_add(1).filter(|next| next <= last);
                if cut.1 > *last {
                    break;
                }
                if from.is_some() {
                    cuts.next();
                }
            }
            if let Some(start) = from.filter(|start| start <= last) {
                left.push((start, *last));
            }
        }
        Self(left.into())
    }

    pub fn is_within(&self, other: &Self) -> bool {
        self.minus(other).is_empty()
    }

    /// Everything from 0 to `last` that is not in it.
    pub fn complement(&self, last: u128) -> Self {
        Self::interval(0, last).minus(self)
    }

    /// Every number plus `up`, which must not overflow `last`.
    pub fn shift(&self, from: u128, to: u128) -> Self {
        let moved = |n: u128| {
            if to >= from { n.saturating_add(to - from) } else { n.saturating_sub(from - to) }
        };
        Self(self.0.iter().map(|(a, b)| (moved(*a), moved(*b))).collect())
    }
}

/// Addresses of both families.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Addresses {
    pub v4: Set,
    pub v6: Set,
}

impl Addresses {
    pub fn any() -> Self {
        Self { v4: Set::interval(0, Family::V4.last()), v6: Set::interval(0, Family::V6.last()) }
    }

    pub fn of_net(net: IpNet) -> Self {
        let mut all = Self::default();
        *all.of_mut(Family::of(net.addr())) = Set::of_net(net);
        all
    }

    /// Of intervals per family.
    pub fn of_ranges(v4: Vec<(u128, u128)>, v6: Vec<(u128, u128)>) -> Self {
        Self { v4: Set::of(v4), v6: Set::of(v6) }
    }

    pub const fn of(&self, family: Family) -> &Set {
        match family {
            Family::V4 => &self.v4,
            Family::V6 => &self.v6,
        }
    }

    pub const fn of_mut(&mut self, family: Family) -> &mut Set {
        match family {
            Family::V4 => &mut self.v4,
            Family::V6 => &mut self.v6,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    pub fn union(&self, other: &Self) -> Self {
        Self { v4: self.v4.union(&other.v4), v6: self.v6.union(&other.v6) }
    }

    pub fn complement(&self) -> Self {
        Self {
            v4: self.v4.complement(Family::V4.last()),
            v6: self.v6.complement(Family::V6.last()),
        }
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        self.of(Family::of(address)).contains(number(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn small() -> impl Strategy<Value = Set> {
        prop::collection::vec((0_u128..40, 0_u128..8), 0..6)
            .prop_map(|v| Set::of(v.into_iter().map(|(a, n)| (a, a + n)).collect()))
    }

    proptest! {
        #[test]
        fn operations_are_those_of_sets(a in small(), b in small()) {
            for n in 0..60 {
                let (x, y) = (a.contains(n), b.contains(n));
                prop_assert_eq!(a.union(&b).contains(n), x || y);
                prop_assert_eq!(a.intersect(&b).contains(n), x && y);
                prop_assert_eq!(a.minus(&b).contains(n), x && !y, "{} of {:?} minus {:?}", n, a, b);
                prop_assert_eq!(a.complement(59).contains(n), !x);
            }
            prop_assert_eq!(a.meets(&b), !a.intersect(&b).is_empty());
            prop_assert_eq!(a.union(&b), b.union(&a));
        }

        #[test]
        fn results_are_in_normal_form(a in small(), b in small()) {
            for set in [a.union(&b), a.minus(&b), a.intersect(&b), a.complement(u128::MAX)] {
                prop_assert!(set.intervals().windows(2).all(|w| w[0].1 + 1 < w[1].0), "{set:?}");
            }
        }
    }
}
