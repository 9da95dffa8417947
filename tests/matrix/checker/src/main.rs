//! Compares what the tables of call sites list with what stands in the code.
//!
//! ```text
//! checker <program> [<shared object>…] < <the program's output>
//! ```
//!
//! For each file, the addresses in the tables must be those of the site instructions that
//! disassembling finds, each once, and the tables must need no relocation at start-up. In the end the
//! program must have found as many at run time. The names of functions come from the symbol table, so
//! the files must not be stripped.

mod disassembly;
mod image;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::process::ExitCode;
use std::{env, fs, io};

use image::{Image, Slots};

fn main() -> ExitCode {
    match check() {
        Ok((sites, faults)) if faults.is_empty() => {
            println!("{sites}");
            ExitCode::SUCCESS
        }
        Ok((_, faults)) => {
            eprintln!("{}", faults.join("\n"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("checker: {error}");
            ExitCode::FAILURE
        }
    }
}

/// How many call sites there are, and what is wrong with them.
fn check() -> Result<(usize, Vec<String>), Box<dyn Error>> {
    let files = env::args_os()
        .skip(1)
        .map(fs::read)
        .collect::<Result<Vec<_>, _>>()?;
    let images = files
        .iter()
        .map(|file| Image::read(file))
        .collect::<Result<Vec<_>, _>>()?;
    let entries: BTreeSet<&str> = images.iter().flat_map(Image::entries).collect();
    let mut faults = Vec::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut total = 0;
    for image in &images {
        let slots = image.slots(&entries)?;
        total += compare(image, &slots, &mut faults)?;
        let own: BTreeSet<_> = image.entries().collect();
        // A table serves the traits of its own file; calls of others' traits go to the entries.
        for record in image.table()? {
            if let Some(entry) = slots.entry(record.slot)
                && own.contains(entry)
            {
                *counts.entry(trait_of(entry)).or_default() += 1;
            }
        }
    }
    for line in io::read_to_string(io::stdin())?.lines() {
        let (name, count) = line
            .split_once(' ')
            .ok_or_else(|| format!("not a line of the program's: {line}"))?;
        let listed = counts.remove(name).unwrap_or_default();
        if count.parse() != Ok(listed) {
            faults.push(format!(
                "{name}: the tables list {listed}, the program found {count}"
            ));
        }
    }
    faults.extend(
        counts
            .into_keys()
            .map(|name| format!("{name}: the program does not know this trait")),
    );
    Ok((total, faults))
}

/// Compares the tables of one file with its code; the answer is how many call sites there are.
fn compare(
    image: &Image,
    slots: &Slots,
    faults: &mut Vec<String>,
) -> Result<usize, Box<dyn Error>> {
    let mut listed = BTreeMap::new();
    for record in image.table()? {
        match slots.entry(record.slot) {
            Some(entry) if listed.insert(record.instruction, entry).is_none() => {}
            Some(_) => faults.push(format!("{:#x} is listed twice", record.instruction)),
            None => faults.push(format!(
                "{:#x} is listed with {:#x}, which holds no entry",
                record.instruction, record.slot
            )),
        }
    }
    faults.extend(
        image
            .relocated_records()?
            .map(|address| format!("{address:#x} in a table is relocated at start-up")),
    );
    // A trait that is never patched at its calls has no table, and any load of the address of one of
    // its entries is ordinary code. That no other trait lacks a table, the program asserts.
    let traits: BTreeSet<_> = listed.values().map(|entry| trait_of(entry)).collect();
    let mut found = disassembly::sites(image, slots);
    found.retain(|_, entry| entry.is_none_or(|entry| traits.contains(&trait_of(entry))));
    for (address, entry) in &found {
        let place = image.function_at(*address);
        match (listed.get(address), entry) {
            (None, _) => faults.push(format!("{address:#x} is not listed: {place}")),
            (Some(listed), Some(entry)) if listed != entry => faults.push(format!(
                "{address:#x} is listed with {listed}, but refers to {entry}: {place}"
            )),
            _ => {}
        }
    }
    for address in listed
        .keys()
        .filter(|address| !found.contains_key(*address))
    {
        let place = image.function_at(*address);
        faults.push(format!("{address:#x} is listed, but no call site: {place}"));
    }
    Ok(found.len())
}

/// `traits::Codec`, for `<static_call::handle::Static<dyn traits::Codec> as …>::encode`.
fn trait_of(entry: &str) -> String {
    let name = format!("{:#}", rustc_demangle::demangle(entry));
    let object = name.split("dyn ").nth(1).unwrap_or(&name);
    object.split('>').next().unwrap_or(object).to_owned()
}
