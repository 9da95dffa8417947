//! Compares what the tables of call sites, of guards and of thunks list with what stands in the code.
//!
//! ```text
//! checker <program> [<shared object>…] < <the program's output>
//! ```
//!
//! For each file, the addresses in the tables must be those of the site instructions, of the guards of calls
//! through `Devirt`, or of the receivers of thunks, that disassembling finds, each once, and the tables must need
//! no relocation at start-up. In the end the program must have found as many call sites and guards at run time.
//! The names of functions and of methods come from the symbol table, so the files must not be stripped.

mod disassembly;
mod image;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::process::ExitCode;
use std::{env, fs, io};

use image::{GUARDS, Image, SITES, Slots, THUNKS};

fn main() -> ExitCode {
    match check() {
        Ok(([sites, guards], faults)) if faults.is_empty() => {
            println!("{sites:4} {guards:4}");
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

/// How many call sites and guards there are, and what is wrong with them.
fn check() -> Result<([usize; 2], Vec<String>), Box<dyn Error>> {
    let files = env::args_os()
        .skip(1)
        .map(fs::read)
        .collect::<Result<Vec<_>, _>>()?;
    let images = files
        .iter()
        .map(|file| Image::read(file))
        .collect::<Result<Vec<_>, _>>()?;
    let entries = images.iter().flat_map(Image::entries).collect();
    let thunks = images.iter().flat_map(Image::thunks).collect();
    let methods = images.iter().flat_map(Image::methods).collect();
    let mut faults = Vec::new();
    let mut counts = BTreeMap::new();
    let (mut sites, mut guards) = (0, 0);
    for image in &images {
        let slots = image.slots(&entries)?;
        sites += compare_sites(image, &slots, &mut faults)?;
        count(image, &slots, SITES, &mut counts, &mut faults)?;

        let slots = image.slots(&methods)?;
        let found = disassembly::guards(image);
        guards += found.len();
        let misaligned = found.keys().filter(|guard| !guard.is_multiple_of(8));
        faults.extend(misaligned.map(|guard| {
            let place = image.function_at(*guard);
            format!("{guard:#x} may cross the end of a quadword: {place}")
        }));
        compare(image, &slots, GUARDS, found, &mut faults)?;
        count(image, &slots, GUARDS, &mut counts, &mut faults)?;

        let receivers = disassembly::receivers(image);
        if image.thunks().next().is_some() && receivers.is_empty() {
            faults.push(String::from("no thunk has a receiver"));
        }
        let slots = image.slots(&thunks)?;
        compare(image, &slots, THUNKS, receivers, &mut faults)?;
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
    Ok(([sites, guards], faults))
}

/// Counts the records of one file for each trait that is in it, all of which must be in a table of the trait's.
///
/// A table serves the traits of its own file. Calls of others' traits go to the entries, or always compare.
fn count(
    image: &Image,
    slots: &Slots,
    kind: &str,
    counts: &mut BTreeMap<String, usize>,
    faults: &mut Vec<String>,
) -> Result<(), Box<dyn Error>> {
    let mut traits = BTreeMap::new();
    for record in image.records(kind)? {
        let Some(owner) = slots.owner(record.slot) else {
            continue;
        };
        let name = trait_of(owner);
        let first = traits.entry(record.table).or_insert_with(|| name.clone());
        if *first != name {
            faults.push(format!(
                "{} lists calls of {first} and of {name}",
                record.table
            ));
        }
        if slots.is_own(owner) {
            *counts.entry(name).or_default() += 1;
        }
    }
    Ok(())
}

/// Compares the tables of call sites of one file with its code; the answer is how many call sites there are.
fn compare_sites(
    image: &Image,
    slots: &Slots,
    faults: &mut Vec<String>,
) -> Result<usize, Box<dyn Error>> {
    // A trait that is never patched at its calls has no table, and any load of the address of one of
    // its entries is ordinary code. That no other trait lacks a table, the program asserts.
    let records = image.records(SITES)?.into_iter();
    let traits: BTreeSet<_> = records
        .filter_map(|record| slots.owner(record.slot))
        .map(trait_of)
        .collect();
    let mut found = disassembly::sites(image, slots);
    found.retain(|_, entry| entry.is_none_or(|entry| traits.contains(&trait_of(entry))));
    let count = found.len();
    compare(image, slots, SITES, found, faults)?;
    Ok(count)
}

/// Compares the tables of a kind of one file with what was found in its code: places, and the functions that
/// they belong to where that shows.
fn compare(
    image: &Image,
    slots: &Slots,
    kind: &str,
    found: BTreeMap<u64, Option<&str>>,
    faults: &mut Vec<String>,
) -> Result<(), Box<dyn Error>> {
    let mut listed = BTreeMap::new();
    for record in image.records(kind)? {
        match slots.owner(record.slot) {
            Some(owner) if listed.insert(record.place, owner).is_none() => {}
            Some(_) => faults.push(format!("{:#x} is listed twice", record.place)),
            None => faults.push(format!(
                "{:#x} is listed in {} with {:#x}, which holds no address of its kind",
                record.place, record.table, record.slot
            )),
        }
    }
    faults.extend(
        image
            .relocated_records(kind)?
            .map(|address| format!("{address:#x} in a table is relocated at start-up")),
    );
    for (address, owner) in &found {
        let place = image.function_at(*address);
        match (listed.get(address), owner) {
            (None, _) => faults.push(format!("{address:#x} is not listed: {place}")),
            (Some(listed), Some(owner)) if listed != owner => faults.push(format!(
                "{address:#x} is listed with {listed}, but belongs to {owner}: {place}"
            )),
            _ => {}
        }
    }
    for address in listed
        .keys()
        .filter(|address| !found.contains_key(*address))
    {
        let place = image.function_at(*address);
        faults.push(format!("{address:#x} is listed, but not found: {place}"));
    }
    Ok(())
}

/// `traits::Codec`, for `<static_call::handle::Static<dyn traits::Codec> as …>::encode`; `traits::shape`, for
/// `traits::shape::_::__STATIC_CALL_METHOD_0`, as traits that have such methods are in modules of their own.
fn trait_of(owner: &str) -> String {
    let name = format!("{:#}", rustc_demangle::demangle(owner));
    if let Some((module, _)) = name.split_once("::_::__STATIC_CALL_METHOD_") {
        return module.to_owned();
    }
    let object = name.split("dyn ").nth(1).unwrap_or(&name);
    object.split('>').next().unwrap_or(object).to_owned()
}
