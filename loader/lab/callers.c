// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "callers.h"

#include <fcntl.h>
#include <gelf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "instructions.h"
#include "visible.h"

#define MAX_IMAGE  (256 << 20) /* bytes of a program */
#define MAX_PLACES 16          /* addresses of one function: itself, or slots with its address */
#define MAX_STUBS  4           /* sections of stubs */
#define MAX_NAMED  3
#define MAX_NAME   64

struct places {
	uint64_t at[MAX_PLACES];
	size_t n;
};

struct function {
	uint64_t address, size;
	const char *name;
	size_t section;
};

struct binary {
	Elf *elf;
	const struct machine *machine;
	const char *call;
	struct places entries; /* the function that is called, if it lies in this file */
	struct places slots;
	struct code stubs[MAX_STUBS];
	size_t n_stubs;
	struct function *functions;
	size_t n_functions;
	size_t unread; /* bytes of code that may still be looked at: no more than the file has */
};

struct names {
	char name[MAX_NAMED][MAX_NAME];
	size_t n;
	bool more;
};

static const struct machine *machine_of(Elf *elf)
{
	GElf_Ehdr header;

	if (elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header) ||
	    header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB)
		return NULL;
	return machine_find(header.e_machine);
}

static void places_add(struct places *p, uint64_t address)
{
	if (p->n < MAX_PLACES)
		p->at[p->n++] = address;
}

static bool places_have(const struct places *p, uint64_t address)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->at[i] == address)
			return true;
	return false;
}

/* Whether a symbol is the call, in one of the forms that glibc has of it. */
static bool is_call(const char *name, const char *call)
{
	static const char *const forms[][2] = {{"", ""}, {"__", "_chk"}, {"", "64"}};
	size_t len = strlen(call);

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		size_t before = strlen(forms[i][0]);

		if (!strncmp(name, forms[i][0], before) && !strncmp(name + before, call, len) &&
		    !strcmp(name + before + len, forms[i][1]))
			return true;
	}
	return false;
}

static void read_function(struct binary *b, const GElf_Sym *symbol, const char *name)
{
	if (GELF_ST_TYPE(symbol->st_info) != STT_FUNC || symbol->st_shndx == SHN_UNDEF || !name)
		return;
	if (is_call(name, b->call))
		places_add(&b->entries, symbol->st_value);
	b->functions[b->n_functions++] = (struct function){.address = symbol->st_value,
							   .size = symbol->st_size,
							   .name = name,
							   .section = symbol->st_shndx};
}

/* .symtab: every function that lies in the file. */
static void read_symbols(struct binary *b, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	GElf_Sym symbol;

	if (!data || b->functions)
		return;
	b->functions = calloc(data->d_size / sizeof(Elf64_Sym) + 1, sizeof(*b->functions));
	for (int i = 0; b->functions && gelf_getsym(data, i, &symbol); i++)
		read_function(b, &symbol, elf_strptr(b->elf, header->sh_link, symbol.st_name));
}

/* What the dynamic linker writes. */
static void read_relocations(struct binary *b, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Scn *table = elf_getscn(b->elf, header->sh_link);
	Elf_Data *relocations = elf_getdata(section, NULL), *symbols = elf_getdata(table, NULL);
	GElf_Shdr names;
	GElf_Rela one;
	GElf_Sym symbol;

	if (!(header->sh_flags & SHF_ALLOC) || !gelf_getshdr(table, &names))
		return;
	for (int i = 0; gelf_getrela(relocations, i, &one); i++) {
		const char *name = NULL;

		if (gelf_getsym(symbols, (int)GELF_R_SYM(one.r_info), &symbol))
			name = elf_strptr(b->elf, names.sh_link, symbol.st_name);
		if (name && is_call(name, b->call))
			places_add(&b->slots, one.r_offset);
	}
}

static struct code code_of(Elf_Scn *section)
{
	Elf_Data *data = elf_rawdata(section, NULL);
	GElf_Shdr header;

	if (!data || !data->d_buf || !gelf_getshdr(section, &header) ||
	    header.sh_type != SHT_PROGBITS)
		return (struct code){0};
	return (struct code){data->d_buf, data->d_size, header.sh_addr};
}

/* .plt, .plt.sec, .plt.got */
static void read_stubs(struct binary *b, Elf_Scn *section, const GElf_Shdr *header)
{
	const char *name = NULL;
	size_t names;

	if (!elf_getshdrstrndx(b->elf, &names))
		name = elf_strptr(b->elf, names, header->sh_name);
	if (name && !strncmp(name, ".plt", 4) && b->n_stubs < MAX_STUBS)
		b->stubs[b->n_stubs++] = code_of(section);
}

static void read_sections(struct binary *b)
{
	static const struct {
		GElf_Word type;
		void (*read)(struct binary *b, Elf_Scn *section, const GElf_Shdr *header);
	} kinds[] = {{SHT_SYMTAB, read_symbols},
		     {SHT_RELA, read_relocations},
		     {SHT_PROGBITS, read_stubs}};
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(b->elf, section)))
		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
			if (gelf_getshdr(section, &header) && header.sh_type == kinds[i].type)
				kinds[i].read(b, section, &header);
}

static bool leads_there(const struct binary *b, uint64_t target)
{
	uint64_t slot;

	if (places_have(&b->entries, target))
		return true;
	for (size_t i = 0; i < b->n_stubs; i++) {
		struct code stub = code_part(&b->stubs[i], target, SIZE_MAX);

		if (b->machine->is_stub(&stub, &slot) && places_have(&b->slots, slot))
			return true;
	}
	return false;
}

/* Where instructions have no fixed length, each byte might begin one: that what does not would lead
 * to this one address is as good as impossible. */
static bool calls(struct binary *b, const struct function *f)
{
	struct code section = code_of(elf_getscn(b->elf, f->section));
	struct code body = code_part(&section, f->address, f->size);
	const struct machine *m = b->machine;
	uint64_t to;

	if (body.size > b->unread)
		return false;
	b->unread -= body.size;
	for (size_t at = 0; at < body.size; at += m->step) {
		struct code here = code_from(&body, at);

		if ((m->branches(&here, &to) && leads_there(b, to)) ||
		    (m->goes_through && m->goes_through(&here, &to) && places_have(&b->slots, to)))
			return true;
	}
	return false;
}

static int by_address(const void *a, const void *b)
{
	const struct function *f = a, *g = b;

	if (f->address != g->address)
		return f->address < g->address ? -1 : 1;
	return f->name < g->name ? -1 : f->name > g->name;
}

/* Adds one that is not there yet, without what the compiler has added to it (.cold, .part.0). */
static void names_add(struct names *names, const char *name)
{
	char own[MAX_NAME] = "";

	snprintf(own, sizeof(own), "%.*s", (int)strcspn(name, "."), name);
	for (size_t i = 0; i < names->n; i++)
		if (!strcmp(names->name[i], own))
			return;
	names->more = names->n == MAX_NAMED;
	if (*own && !names->more)
		memcpy(names->name[names->n++], own, sizeof(own));
}

/* A function of the C library's own, where that lies in the file. */
static bool is_library(const struct binary *b, const struct function *f)
{
	return b->entries.n && f->name[0] == '_';
}

static void find(struct binary *b, struct names *names)
{
	const struct function *last = NULL;

	read_sections(b);
	if (b->n_functions)
		qsort(b->functions, b->n_functions, sizeof(*b->functions), by_address);
	for (size_t i = 0; i < b->n_functions && !names->more; i++) {
		const struct function *f = &b->functions[i];

		if (is_library(b, f) || (last && last->address == f->address))
			continue;
		last = f;
		if (calls(b, f))
			names_add(names, f->name);
	}
	free(b->functions);
}

static void names_write(const struct names *names, char *text, size_t size)
{
	char seen[VISIBLE_SIZE(MAX_NAME)], one[sizeof(seen) + sizeof(", ()")];
	size_t len = 0, n;

	for (size_t i = 0; i < names->n + names->more; i++) {
		const char *comma = i ? ", " : "";

		if (i < names->n)
			n = snprintf(one, sizeof(one), "%s%s()", comma,
				     visible(names->name[i], seen, sizeof(seen)));
		else
			n = snprintf(one, sizeof(one), "%s...", comma);
		if (len + n >= size)
			return;
		memcpy(text + len, one, n + 1);
		len += n;
	}
}

/* The bytes of a file, for the caller to free; NULL: it is none, or cannot be read. They are copied
 * so that they stay, whatever becomes of the file. */
static char *read_image(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char *image = NULL;
	struct stat st;
	ssize_t n = 1;

	*size = 0;
	if (fd < 0)
		return NULL;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size <= MAX_IMAGE)
		image = malloc(st.st_size);
	while (image && *size < (size_t)st.st_size && n > 0) {
		n = read(fd, image + *size, st.st_size - *size);
		*size += n > 0 ? n : 0;
	}
	close(fd);
	return image;
}

bool callers_find(const char *program, const char *call, char *text, size_t size)
{
	struct binary b = {.call = call};
	struct names names = {.n = 0};
	char *image = read_image(program, &b.unread);

	*text = '\0';
	elf_version(EV_CURRENT);
	if (image && b.unread)
		b.elf = elf_memory(image, b.unread);
	b.machine = b.elf ? machine_of(b.elf) : NULL;
	if (b.machine)
		find(&b, &names);
	names_write(&names, text, size);
	elf_end(b.elf);
	free(image);
	return *text != '\0';
}
