//! An executable or a shared object: its functions, the owners of records, slots and tables.

use std::collections::{BTreeMap, BTreeSet};

use object::read::elf::ElfFile64;
use object::{
    Object, ObjectSection, ObjectSymbol, ObjectSymbolTable, RelocationTarget, SectionKind,
    SymbolKind,
};

/// What the names of the tables begin with, of which each trait has one of a kind.
pub(crate) const SITES: &str = "static_call_sites_";
pub(crate) const THUNKS: &str = "static_call_thunks_";
pub(crate) const GUARDS: &str = "static_call_devirt_";
const ENTRY_MARK: u32 = 0x5ca1_1ab1;
/// The length of an entry's jump, the mark and the ordinal.
pub(crate) const ENTRY: usize = 16;

pub(crate) struct Image<'data> {
    file: ElfFile64<'data>,
    pub(crate) functions: BTreeMap<u64, Function<'data>>,
    /// The statics of the methods that are called through `Devirt`.
    methods: BTreeMap<u64, &'data str>,
}

pub(crate) struct Function<'data> {
    pub(crate) name: &'data str,
    pub(crate) code: &'data [u8],
}

/// What code that is patched writes into a table.
pub(crate) struct Record<'data> {
    pub(crate) table: &'data str,
    pub(crate) place: u64,
    pub(crate) slot: u64,
}

/// Which owners of records the words in memory hold the addresses of, and where these owners are.
pub(crate) struct Slots<'image> {
    slots: BTreeMap<u64, &'image str>,
    owners: BTreeMap<u64, &'image str>,
}

impl<'data> Image<'data> {
    pub(crate) fn read(data: &'data [u8]) -> object::Result<Self> {
        let file = ElfFile64::parse(data)?;
        let mut functions = BTreeMap::new();
        let mut methods = BTreeMap::new();
        for symbol in file.symbols() {
            if symbol.kind() == SymbolKind::Data && symbol.is_definition() {
                let name = symbol.name()?;
                if is_method(name) {
                    methods.insert(symbol.address(), name);
                }
            }
            if symbol.kind() == SymbolKind::Text
                && symbol.size() > 0
                && let Some(index) = symbol.section_index()
                && let section = file.section_by_index(index)?
                && section.kind() == SectionKind::Text
                && let Some(code) = section.data_range(symbol.address(), symbol.size())?
            {
                let name = symbol.name()?;
                functions.insert(symbol.address(), Function { name, code });
            }
        }
        Ok(Self {
            file,
            functions,
            methods,
        })
    }

    /// The names of the functions that hold the jump of an entry.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &'data str> {
        self.functions
            .iter()
            .filter(|(address, function)| {
                let misaligned = (address.wrapping_neg() % 8) as usize;
                let aligned = function.code.get(misaligned..).unwrap_or_default();
                (0..aligned.len())
                    .step_by(8)
                    .any(|offset| is_entry(&aligned[offset..]))
            })
            .map(|(_, function)| function.name)
    }

    /// The names of the thunks.
    pub(crate) fn thunks(&self) -> impl Iterator<Item = &'data str> {
        let names = self.functions.values().map(|function| function.name);
        names.filter(|name| is_thunk(name))
    }

    /// The names of the statics of the methods that are called through `Devirt`.
    pub(crate) fn methods(&self) -> impl Iterator<Item = &'data str> {
        self.methods.values().copied()
    }

    /// The function at this address, as readers know it.
    pub(crate) fn function_at(&self, address: u64) -> String {
        let function = self.functions.range(..=address).next_back();
        function.map_or_else(String::new, |(_, function)| {
            format!("{:#}", rustc_demangle::demangle(function.name))
        })
    }

    /// The words that will hold the addresses of these owners once the program has started.
    ///
    /// An address of this file comes from a relocation by the load address or, in a program that is
    /// always loaded at the same place, stands in the file; that of another file's owner comes from
    /// a relocation by its name.
    pub(crate) fn slots<'image>(
        &self,
        owners: &BTreeSet<&'image str>,
    ) -> object::Result<Slots<'image>> {
        let named = |name: &str| owners.get(name).copied();
        let functions = self.functions.iter();
        let own: BTreeMap<_, _> = functions
            .map(|(address, function)| (*address, function.name))
            .chain(self.methods.iter().map(|(address, name)| (*address, *name)))
            .filter_map(|(address, name)| Some((address, named(name)?)))
            .collect();
        let mut slots = BTreeMap::new();
        for section in self.file.sections() {
            if matches!(
                section.kind(),
                SectionKind::Data | SectionKind::ReadOnlyData
            ) {
                let words = section.data()?.chunks_exact(8);
                for (address, word) in (section.address()..).step_by(8).zip(words) {
                    let word = word.try_into().map(u64::from_le_bytes);
                    if let Some(owner) = word.ok().and_then(|word| own.get(&word)) {
                        slots.insert(address, *owner);
                    }
                }
            }
        }
        let symbols = self.file.dynamic_symbol_table();
        for (address, relocation) in self.file.dynamic_relocations().into_iter().flatten() {
            let owner = match (relocation.target(), &symbols) {
                (RelocationTarget::Symbol(index), Some(symbols)) => {
                    named(symbols.symbol_by_index(index)?.name()?)
                }
                _ => own.get(&relocation.addend().cast_unsigned()).copied(),
            };
            if let Some(owner) = owner {
                slots.insert(address, owner);
            }
        }
        Ok(Slots { slots, owners: own })
    }

    fn tables(
        &self,
        kind: &str,
    ) -> impl Iterator<Item = object::Result<(&'data str, u64, &'data [u8])>> {
        let sections = self.file.sections();
        sections
            .filter(move |section| section.name().is_ok_and(|name| name.starts_with(kind)))
            .map(|section| Ok((section.name()?, section.address(), section.data()?)))
    }

    /// The records of all tables of a kind.
    pub(crate) fn records(&self, kind: &str) -> object::Result<Vec<Record<'data>>> {
        let mut records = Vec::new();
        for table in self.tables(kind) {
            let (table, start, bytes) = table?;
            let (distances, rest) = bytes.as_chunks::<4>();
            // Each distance is from where it stands.
            let fields: Vec<_> = (start..)
                .step_by(4)
                .zip(distances.iter().copied().map(i32::from_le_bytes))
                .map(|(address, distance)| address.wrapping_add_signed(distance.into()))
                .collect();
            let (fields, half) = fields.as_chunks();
            assert!(rest.is_empty() && half.is_empty(), "a record is cut off");
            records.extend(
                fields
                    .iter()
                    .map(|&[place, slot]| Record { table, place, slot }),
            );
        }
        Ok(records)
    }

    /// The places in tables that the dynamic linker would write to.
    pub(crate) fn relocated_records(
        &self,
        kind: &str,
    ) -> object::Result<impl Iterator<Item = u64>> {
        let tables = self.tables(kind).collect::<object::Result<Vec<_>>>()?;
        let relocations = self.file.dynamic_relocations().into_iter().flatten();
        Ok(relocations
            .map(|(address, _)| address)
            .filter(move |address| {
                let mut tables = tables.iter();
                tables.any(|(_, start, bytes)| {
                    (*start..*start + bytes.len() as u64).contains(address)
                })
            }))
    }
}

impl<'image> Slots<'image> {
    /// The owner whose address the word at `address` holds.
    pub(crate) fn owner(&self, address: u64) -> Option<&'image str> {
        self.slots.get(&address).copied()
    }

    /// The owner at `address`.
    pub(crate) fn owner_at(&self, address: u64) -> Option<&'image str> {
        self.owners.get(&address).copied()
    }

    /// Whether the owner is in this file.
    pub(crate) fn is_own(&self, owner: &str) -> bool {
        self.owners.values().any(|own| *own == owner)
    }
}

/// Whether the function is a thunk, by its name.
pub(crate) fn is_thunk(name: &str) -> bool {
    name.contains("ThunksOfStaticCalls")
}

/// Whether the static is that of a method which is called through `Devirt`, by its name.
fn is_method(name: &str) -> bool {
    name.contains("__STATIC_CALL_METHOD_")
}

/// Whether the code begins with the jump of an entry, which its mark gives away.
pub(crate) fn is_entry(code: &[u8]) -> bool {
    matches!(
        code,
        [0xe9, _, _, _, _, 0x0f, 0x1f, 0x00, a, b, c, d, _, _, _, _, ..]
            if u32::from_le_bytes([*a, *b, *c, *d]) == ENTRY_MARK
    )
}
