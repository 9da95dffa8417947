//! What takes space in a program's file.

use std::fs;
use std::path::Path;

use object::elf::{SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE};
use object::read::elf::ElfFile64;
use object::{Object as _, ObjectSection as _, SectionFlags};

/// What is told apart: bytes, and for the last, how many there are.
pub(crate) const KINDS: [&str; 4] = ["text", "read-only data", "writable data", "relocations"];

pub(crate) type Size = [i64; KINDS.len()];

/// Takes the size of a program.
pub(crate) fn size(program: &Path) -> anyhow::Result<Size> {
    let data = fs::read(program)?;
    let file: ElfFile64<'_> = ElfFile64::parse(&*data)?;
    let mut size = Size::default();
    for section in file.sections() {
        let SectionFlags::Elf { sh_flags, .. } = section.flags() else {
            continue;
        };
        // Relocations are counted instead, and padding depends on what comes before.
        let name = section.name()?;
        if !sh_flags.contains(SHF_ALLOC) || name == ".rela.dyn" || name == ".relro_padding" {
            continue;
        }
        let kind = if sh_flags.contains(SHF_EXECINSTR) {
            0
        } else if sh_flags.contains(SHF_WRITE) {
            2
        } else {
            1
        };
        size[kind] += i64::try_from(section.size())?;
    }
    size[3] = i64::try_from(file.dynamic_relocations().into_iter().flatten().count())?;
    Ok(size)
}
