// SPDX-License-Identifier: GPL-3.0-or-later
// The two documents that are made from the table of keys.
#include <string.h>

#include "config.h"
#include "keys.h"
#include "value.h"

enum { WIDTH = 79 };

// Where text is wrapped to, and how each line begins.
struct wrap {
    FILE *out;
    const char *prefix;
    bool manual; // a sentence begins a line, and no line begins with a control character
    size_t column;
};

static void put_word(struct wrap *wrap, const char *word, size_t length)
{
    if (wrap->column > 0 && wrap->column + 1 + length > WIDTH) {
        fputc('\n', wrap->out);
        wrap->column = 0;
    }
    if (wrap->column == 0)
        wrap->column = (size_t)fprintf(wrap->out, "%s", wrap->prefix);
    else
        wrap->column += fputc(' ', wrap->out) != EOF;
    const bool escape = wrap->manual && wrap->column == 0 && (*word == '.' || *word == '\'');
    wrap->column += (size_t)fprintf(wrap->out, "%s%.*s", escape ? "\\&" : "", (int)length, word);
}

static void put_text(struct wrap *wrap, const char *text)
{
    while (*text) {
        const size_t length = strcspn(text, " ");
        put_word(wrap, text, length);
        if (wrap->manual && strchr(".?", text[length - 1])) {
            fputc('\n', wrap->out);
            wrap->column = 0;
        }
        text += length;
        text += strspn(text, " ");
    }
    if (wrap->column > 0)
        fputc('\n', wrap->out);
    wrap->column = 0;
}

static void capitalize(char *text)
{
    if (*text >= 'a' && *text <= 'z')
        *text = (char)(*text - 'a' + 'A');
}

// "Duration from 5min to 60min. Default: 30min."
static void put_facts(struct wrap *wrap, const struct key *key)
{
    char what[VALUE_REASON_LEN], facts[VALUE_REASON_LEN + 160];
    value_describe(key, what);
    if (key->type != KEY_CHOICE)
        capitalize(what);
    const char *unit = key->unit ? key->unit : "";
    if (key->fallback)
        snprintf(facts, sizeof facts, "%s. Default: %s%s%s.", what, key->fallback,
                 key->unit ? " " : "", unit);
    else
        snprintf(facts, sizeof facts, "%s. %s.", what,
                 key->required ? "Must be set" : "Not set by default");
    put_text(wrap, facts);
}

static void put_sample_key(FILE *out, const struct key *key, bool commented)
{
    struct wrap wrap = {.out = out, .prefix = "# "};
    const bool set = !commented && (key->fallback || key->sample);
    fputc('\n', out);
    put_text(&wrap, key->help);
    put_facts(&wrap, key);
    fprintf(out, "%s%s = %s\n", set ? "" : ";", key->name,
            key->fallback ? key->fallback : key->example);
}

static void put_sample_section(FILE *out, const struct key_section *section)
{
    struct wrap wrap = {.out = out, .prefix = "# "};
    fputc('\n', out);
    put_text(&wrap, section->help);
    fprintf(out, section->size ? ";[%s local]\n" : "[%s]\n", section->name);
    for (const struct key *key = section->keys; key->name; key++)
        put_sample_key(out, key, section->size > 0);
}

void config_print_sample(FILE *out)
{
    fputs("# phutaid.conf: every key with its meaning, its range and its default.\n"
          "#\n"
          "# A line that begins with \"#\" or \";\" is a comment, and so is what follows a \";\" "
          "after\n"
          "# a blank. A path is relative to the folder of this file. Durations are written 90s,\n"
          "# 30min, 24h, 7d, 5y or 1d12h, sizes 512B, 64KiB or 25MB. Look the file over with\n"
          "# \"phutai --check-config FILE\" before it is used.\n",
          out);
    for (const struct key_section *s = keys_sections; s->name; s++)
        put_sample_section(out, s);
}

static void put_manual_key(FILE *out, const struct key *key)
{
    struct wrap wrap = {.out = out, .prefix = "", .manual = true};
    fprintf(out, ".It Ic %s\n", key->name);
    put_text(&wrap, key->help);
    put_facts(&wrap, key);
}

static void put_manual_section(FILE *out, const struct key_section *section)
{
    struct wrap wrap = {.out = out, .prefix = "", .manual = true};
    fprintf(out, ".Ss Section %s%s\n", section->name, section->size ? " NAME" : "");
    put_text(&wrap, section->help);
    fputs(".Bl -tag -width Ds\n", out);
    for (const struct key *key = section->keys; key->name; key++)
        put_manual_key(out, key);
    fputs(".El\n", out);
}

static const char manual_head[] =
    ".\\\" SPDX-License-Identifier: GPL-3.0-or-later\n"
    ".\\\" Made by phutai --print-config manual from the table of keys.\n"
    ".Dd November 23, 2026\n"
    ".Dt PHUTAID.CONF 5\n"
    ".Os\n"
    ".Sh NAME\n"
    ".Nm phutaid.conf\n"
    ".Nd configuration of the load forecasting service\n"
    ".Sh DESCRIPTION\n"
    "The service\n"
    ".Nm phutaid\n"
    "and, with\n"
    ".Fl -config ,\n"
    "the command\n"
    ".Nm phutai\n"
    "read one file of sections and keys:\n"
    ".Bd -literal -offset indent\n"
    "[site]\n"
    "clock = +07:00\n"
    "step = 30min    ; a comment\n"
    ".Ed\n"
    ".Pp\n"
    "A line that begins with\n"
    ".Ql #\n"
    "or\n"
    ".Ql \\&;\n"
    "is a comment, and so is what follows a\n"
    ".Ql \\&;\n"
    "after a blank.\n"
    "The file is UTF-8, and a line has at most 197 bytes.\n"
    "A path is relative to the folder of the file.\n"
    "A duration is a whole number and\n"
    ".Cm s , min , h , d\n"
    "or\n"
    ".Cm y\n"
    "(365 days), or several of these together:\n"
    ".Li 1d12h .\n"
    "A size is a whole number and\n"
    ".Cm B , kB , MB , GB\n"
    "(powers of 1000) or\n"
    ".Cm KiB , MiB , GiB\n"
    "(powers of 1024).\n"
    "An unknown section or key, a key that is set twice, and a value out of its\n"
    "range are errors: the service does not start with such a file, and on a\n"
    "reload it goes on with the old one.\n"
    ".Sh SECTIONS AND KEYS\n";

static const char manual_tail[] =
    ".Sh REGISTRY FILES\n"
    "The files named in the section site are CSV with a header line, in UTF-8, and\n"
    "may be gzipped.\n"
    "Columns may stand in any order; others are ignored.\n"
    ".Bl -tag -width Ds\n"
    ".It Ic zones\n"
    "Columns\n"
    ".Li id , name\n"
    "and, where known,\n"
    ".Li parent , district , area_ha , fill_pct , status , source ;\n"
    "of a zone that is filling also\n"
    ".Li kin , opens , opens_give_or_take_months , leased_pct , leased_on , energised .\n"
    "An id is of lower-case letters, digits,\n"
    ".Ql _\n"
    "and\n"
    ".Ql - ,\n"
    "at most 48 of them, and not\n"
    ".Ql total .\n"
    "An expansion is a zone of its own and names the zone it expands as its parent.\n"
    "Areas are in hectares; the fill is the percentage of industrial land that is\n"
    "leased.\n"
    "A zone opens with the decision that founds it: its filling counts from that\n"
    "date, give or take so many months (1 where not said).\n"
    "Of its land so much is leased on a date, and before it is energised it has no\n"
    "load.\n"
    "While it has no history it borrows its shape from its kin: the zone named, else\n"
    "its parent, else the zone of status\n"
    ".Cm operating\n"
    "that is nearest in area.\n"
    ".It Ic capacity\n"
    "Columns\n"
    ".Li zone , from , mva\n"
    "and, where known,\n"
    ".Li substation , units , n1 , power_factor , share , slip , note , source .\n"
    "The zone can be supplied with that many MVA from that date on, until the next\n"
    "row of the same substation; several substations add up.\n"
    "Without a substation the row is of the zone's only one.\n"
    "The units, such as 2x63 or 2x63+40, may stand in place of the MVA; where\n"
    ".Li n1\n"
    "is\n"
    ".Cm yes\n"
    "the largest of them does not count, as when it fails.\n"
    "The share, from 0 to 1, is what the zone may use where others are fed too.\n"
    "The slip is the probability that a date still to come slips by a month, and\n"
    "then by another.\n"
    "Power factor and slip are those of the section site where not said.\n"
    ".It Ic calendar\n"
    "Columns\n"
    ".Li date , kind\n"
    "and perhaps\n"
    ".Li name .\n"
    "The kind is\n"
    ".Cm holiday\n"
    "for a day off,\n"
    ".Cm working\n"
    "for a Saturday or Sunday that is worked in exchange, and\n"
    ".Cm tet\n"
    "for the first day of the lunar year, which is a day off too.\n"
    ".It Ic register\n"
    "Columns\n"
    ".Li zone , kind , from , author\n"
    "and, where they apply,\n"
    ".Li id , mw , factor , to , ramp , probability , hours , into , note , expires .\n"
    "The kind is\n"
    ".Cm line , shutdown , maintenance , shift , demand-response , override\n"
    "or\n"
    ".Cm mask .\n"
    "MW are what the entry adds, less than nothing for what it takes; of an override\n"
    "they are the load itself.\n"
    "A factor multiplies the load instead.\n"
    "It holds from a date or time to another; a date alone in\n"
    ".Li to\n"
    "and\n"
    ".Li expires\n"
    "includes that day, and without\n"
    ".Li to\n"
    "it lasts.\n"
    "The ramp is how long it takes to its full value, such as 30d; the hours a daily\n"
    "window such as 22:00-05:00; of a shift,\n"
    ".Li into\n"
    "is the window that its energy goes to.\n"
    "From the day it expires on an entry no longer counts.\n"
    ".El\n"
    ".Sh FILES\n"
    ".Bl -tag -width Ds\n"
    ".It Pa /etc/phutai/phutaid.conf\n"
    "what the service reads\n"
    ".El\n"
    ".Sh EXAMPLES\n"
    "Look over a file and the files it names before the service reads it again:\n"
    ".Pp\n"
    ".Dl phutai --check-config /etc/phutai/phutaid.conf\n"
    ".Pp\n"
    "Print a file with every key at its default:\n"
    ".Pp\n"
    ".Dl phutai --print-config sample\n"
    ".Sh SEE ALSO\n"
    ".Xr phutai 1 ,\n"
    ".Xr phutaid 8\n";

void config_print_manual(FILE *out)
{
    fputs(manual_head, out);
    for (const struct key_section *s = keys_sections; s->name; s++)
        put_manual_section(out, s);
    fputs(manual_tail, out);
}
