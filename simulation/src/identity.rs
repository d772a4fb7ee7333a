//! Names, numbers and ids of people and things: of valid form, so that masking is exercised, and plainly nobody's.

use crate::{
    clock::{Seconds, Wall},
    dice::mix,
};

const PREFIXES: [u32; 30] = [
    130, 131, 132, 133, 135, 136, 137, 138, 139, 150, 151, 152, 153, 155, 156, 157, 158, 159, 176, 177, 178, 180, 181,
    182, 183, 185, 186, 187, 188, 189,
];
const SURNAMES: [&str; 20] = [
    "赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "褚", "卫", "蒋", "沈", "韩", "杨", "朱", "秦", "许",
    "何",
];
const PROVINCES: [&str; 8] = ["京", "沪", "粤", "川", "浙", "苏", "鄂", "湘"];

/// A mobile number whose fourth and fifth digits are noughts; different for every customer of a run.
pub(crate) fn phone(seed: u64, customer: u64) -> String {
    let number = (customer + seed.wrapping_mul(7919) % 30_000_000) % 30_000_000;
    let prefix = PREFIXES.get((number / 1_000_000) as usize).copied().unwrap_or(139);
    format!("{prefix}00{:06}", number % 1_000_000)
}

/// An account, which two customers of three have.
pub(crate) fn account(seed: u64, customer: u64) -> Option<String> {
    (!mix(customer).is_multiple_of(3)).then(|| format!("demo{seed}_{customer}"))
}

/// What the customer is called.
pub(crate) fn name(customer: u64) -> String {
    let surname = SURNAMES.get((mix(customer) % 20) as usize).copied().unwrap_or("王");
    format!("{surname}{}", if mix(customer ^ 5).is_multiple_of(2) { "先生" } else { "女士" })
}

/// An order number.
pub(crate) fn order_id(seed: u64, story: u64, at: Seconds) -> String {
    format!("DD{}{:03}{:09}", compact_date(at), seed % 1000, story)
}

/// A case number.
pub(crate) fn case_id(seed: u64, story: u64) -> String {
    format!("GD{:03}{:09}", seed % 1000, story)
}

/// An identity card of someone born on the first day of 1900, with the right check digit.
pub(crate) fn id_card(customer: u64) -> String {
    const WEIGHTS: [u64; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let body = format!("11010119000101{:03}", customer % 1000);
    let sum: u64 = body.bytes().zip(WEIGHTS).map(|(digit, weight)| u64::from(digit - b'0') * weight).sum();
    let check = b"10X98765432".get((sum % 11) as usize).copied().unwrap_or(b'0');
    format!("{body}{}", char::from(check))
}

/// A bank card of noughts but for its last digits, with the right check digit (Luhn).
pub(crate) fn bank_card(customer: u64) -> String {
    let body = format!("62220000000000{:04}", customer % 10_000);
    let doubled = |(place, digit): (usize, u8)| {
        let value = u32::from(digit - b'0') * if place.is_multiple_of(2) { 2 } else { 1 };
        value / 10 + value % 10
    };
    let sum: u32 = body.bytes().rev().enumerate().map(doubled).sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

/// A number plate.
pub(crate) fn plate(customer: u64) -> String {
    let province = PROVINCES.get((customer % 8) as usize).copied().unwrap_or("京");
    format!("{province}A{:05}", mix(customer) % 1000)
}

/// An e-mail address of a domain that is nobody's.
pub(crate) fn email(customer: u64) -> String {
    format!("user{customer}@example.com")
}

fn compact_date(at: Seconds) -> String {
    let wall = Wall::at(at);
    format!("{:02}{:02}{:02}", wall.year % 100, wall.month, wall.day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_valid() {
        assert_eq!(phone(0, 1), "13000000001");
        assert_eq!(phone(7, 29_999_999), "13000055432");
        for customer in 0..2000 {
            let bank = bank_card(customer);
            let luhn = |(place, digit): (usize, char)| {
                let value = digit.to_digit(10).unwrap() * if place % 2 == 1 { 2 } else { 1 };
                value / 10 + value % 10
            };
            assert_eq!(bank.chars().rev().enumerate().map(luhn).sum::<u32>() % 10, 0, "{bank}");
            assert_eq!(id_card(customer).len(), 18);
        }
        // By hand: 7+9+0+5+0+4+2+9+0+0+0+9+0+5+0+0+0 = 50, 50 mod 11 = 6, whose check digit is 6.
        assert_eq!(id_card(0), "110101190001010006");
    }
}
