"""Every problem that archgraph reports: its code, what it means, and what to do about it.

``docs/errors.md`` is generated from this table. Codes are never reused for another meaning.
1xx text and YAML, 2xx structure, 3xx reuse, 4xx elements and properties, 5xx flows and scenarios,
6xx AWS limits and contradictions, 7xx reviews (waivers, attestations, views), 8xx own rules.
"""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """A kind of problem. ``warning`` kinds leave the model valid."""

    title: str
    explanation: str
    warning: bool = False


CODES: dict[str, Code] = {
    # --- text and YAML
    "AG101": Code("file cannot be read", "The file does not exist, is not a regular file, or may not be read."),
    "AG102": Code("not UTF-8", "Models are UTF-8 text. Save the file as UTF-8."),
    "AG103": Code("byte order mark", "The file begins with a byte order mark. Save it as UTF-8 without one."),
    "AG104": Code("Windows line ends", "Lines end in CRLF. They are read as line feeds; save with LF so that every tool sees the same text.", warning=True),
    "AG105": Code("tab in indentation", "YAML indents with spaces; a tab has no width that readers agree on."),
    "AG106": Code("YAML syntax", "The text is not YAML: often a missing space after a colon, an unclosed bracket or quote, or uneven indentation."),
    "AG107": Code("anchor", "Anchors (`&name`) are not part of the language. Use `patterns` and `use`, or `defaults`."),
    "AG108": Code("alias", "Aliases (`*name`) are not part of the language. Use `patterns` and `use`; quote a text that begins with `*`."),
    "AG109": Code("merge key", "Merge keys (`<<`) are not part of the language. Use `defaults`, `patterns` or `change`."),
    "AG110": Code("tag", "Tags (`!Ref`, `!!str`) are not part of the language. Quote text that must stay text."),
    "AG111": Code("duplicate key", "A key stands twice in one map; YAML readers would silently keep one of them."),
    "AG112": Code("key without its colon", "A key is a text on one line, with a colon and a space after it."),
    "AG113": Code("several documents", "A model is one YAML document; `---` may only stand at the top."),
    "AG114": Code("file too large", "A file of a model may have at most 64 MiB, and a text at most 1 MiB."),
    "AG115": Code("nested too deeply", "Maps and lists, and places and patterns, may nest at most 60 levels; includes at most 50."),
    "AG116": Code("text read differently by YAML readers", "YAML 1.1 and 1.2 disagree on this plain text (`no`, `0123`, `1:30`, `1_000`). archgraph reads it as text; quote it so that every tool does.", warning=True),
    "AG117": Code("`${` placeholder", "Placeholders are written `$(name)`, and stand in patterns and `for_each` only."),
    "AG118": Code("key is not text", "A map or list cannot be a key."),
    "AG119": Code("control character", "The text holds a character that YAML does not allow."),
    "AG120": Code("empty document", "The file holds no model: a map with `archgraph: 1`, `id` and `elements`."),
    "AG121": Code("YAML directive", "Directives (`%YAML`, `%TAG`) are not part of the language."),
    "AG122": Code("too many problems", "More than 5,000 problems were found. Correct the first ones; many of the others follow from them."),
    # --- structure
    "AG201": Code("language version", "Every file of a model states the version of the language as `archgraph: 1`; nothing is said about a file of another version."),
    "AG202": Code("missing key", "A key that must be there is not."),
    "AG203": Code("unknown key", "The language has no such key here."),
    "AG204": Code("wrong shape", "A map, a list or a text was expected here, and something else stands."),
    "AG205": Code("invalid id", "Ids begin with a letter, then letters, digits, `-` and `_`, at most 64 characters."),
    "AG206": Code("duplicate id", "Two things of one namespace have the same id, perhaps in different places or files."),
    "AG207": Code("reserved id", "Words of the language and names that AWS gives cannot be ids."),
    # --- reuse
    "AG301": Code("include outside the model", "Includes are relative to the model's main file and stay inside its folder, links included."),
    "AG302": Code("include not found", "The included file does not exist or cannot be read."),
    "AG303": Code("include cycle", "A file includes itself, directly or through others."),
    "AG304": Code("unknown pattern", "`use` names a pattern that is not defined."),
    "AG305": Code("unknown parameter", "The pattern has no parameter of that name."),
    "AG306": Code("missing parameter", "The pattern needs a value for this parameter."),
    "AG307": Code("unknown placeholder", "`$(name)` stands where no parameter or `for_each` variable of that name is known."),
    "AG308": Code("for_each", "`for_each` maps names to lists of equal, non-zero length, which are taken in step."),
    "AG309": Code("pattern uses itself", "A pattern contains a `use` of itself, directly or through others."),
    "AG310": Code("wildcard matches nothing", "`name-*` stands for the elements that `for_each` or `use` made with that prefix; there is none."),
    "AG311": Code("change matches nothing", "`change` names an id, a glob or `type:X` that matches no element, or removes a property that is not there."),
    "AG312": Code("invalid change", "`change` maps an id, a glob or `type:X` to properties, or to `remove`. Types, contents and flows cannot be changed."),
    "AG313": Code("expansion too large", "Patterns, `for_each` and fans of flows would make more than a model may hold: 250,000 elements, as many flows, and texts of some 20 MB."),
    "AG314": Code("id without a placeholder", "`for_each` makes several elements; the key must hold a `$(name)` that tells them apart, and so must the keys of what is nested in them."),
    # --- elements and properties
    "AG401": Code("unknown type", "The catalogue has no such type; `archgraph catalog` lists them, `types:` adds your own."),
    "AG402": Code("unknown property", "The type has no such property; `archgraph catalog TYPE` lists them."),
    "AG403": Code("wrong value", "The value cannot be read as what the property holds."),
    "AG404": Code("missing property", "The type cannot exist without this property."),
    "AG405": Code("outside AWS's limits", "The value is outside a limit that AWS fixes."),
    "AG406": Code("above a quota", "The value is above a default quota; AWS can raise it on request.", warning=True),
    "AG407": Code("unknown reference", "No element of that name can be seen from here."),
    "AG408": Code("reference to the wrong type", "The element exists, but its type cannot stand here."),
    "AG409": Code("wrong place", "Elements of this type cannot stand here."),
    "AG410": Code("no place", "Elements of this type need a place: nest them under `contains` or `regions`, or set `in`."),
    "AG411": Code("part without its owner", "A part lives in its owner and is written inside it."),
    "AG412": Code("no AWS default", "`default` accepts AWS's own value, but the catalogue knows none for this property."),
    "AG413": Code("legacy type", "AWS has closed or superseded this.", warning=True),
    "AG414": Code("invalid own type", "An entry of `types:` does not follow the catalogue format."),
    "AG415": Code("unknown Region", "The text is not a Region code, like eu-west-1."),
    "AG416": Code("place cycle", "Elements stand inside each other."),
    "AG417": Code("two places", "The element is nested in one place and `in` names another."),
    "AG418": Code("invalid statement", "A statement has exactly one of `allow`, `deny`, `allow_except`, `deny_except`, and `actions`, `resources`, `principals`, `when` as its policy allows; actions are written `service:Action`."),
    "AG419": Code("not one of the allowed words", "The property takes one of a fixed list of words."),
    "AG420": Code("wrong number of items", "The list has fewer or more items than AWS allows."),
    # --- flows and scenarios
    "AG501": Code("invalid flow", "A flow is `a -> b`, or `a & b -> c & d`, with a protocol or a map of properties."),
    "AG502": Code("unknown flow end", "A flow names an element that does not exist."),
    "AG503": Code("flow needs an id", "Two flows join the same pair; give each an `id`."),
    "AG504": Code("property does not fit the flow", "The kind of flow fixes which properties may be set."),
    "AG505": Code("not the end of a flow", "Flows name the two ends only; gateways, routes and places between are derived."),
    "AG506": Code("step without a flow", "A step follows a declared or implied flow between its two ends."),
    "AG507": Code("invalid step", "A step is `a -> b: text` or `a <- b: text`; a nested list is parallel."),
    "AG508": Code("step is ambiguous", "Several flows join the two ends; name the flow by its id."),
    # --- AWS limits and contradictions
    "AG601": Code("subnet outside its VPC", "A subnet's range must lie inside a range of its VPC."),
    "AG602": Code("overlapping subnets", "Subnets of a VPC cannot share addresses."),
    "AG603": Code("second internet gateway", "A VPC can have one internet gateway attached at a time."),
    "AG604": Code("certificate in the wrong Region", "CloudFront takes certificates from us-east-1 only, Regional services from their own Region."),
    "AG605": Code("zone outside the Region", "The Availability Zone belongs to another Region than its place."),
    "AG606": Code("subnets of several VPCs", "The subnets of one element must belong to one VPC."),
    "AG607": Code("subnets share a zone", "The element takes one subnet for each Availability Zone."),
    "AG608": Code("too few zones", "AWS requires subnets in at least two Availability Zones."),
    "AG609": Code("other Region", "The two must be in the same Region."),
    "AG610": Code("other VPC", "The two must belong to the same VPC."),
    "AG611": Code("web ACL scope", "A web ACL for CloudFront has scope `cloudfront` and lives in us-east-1; others are regional."),
    "AG612": Code("capacity out of order", "`min` cannot exceed `desired` or `max`."),
    "AG613": Code("duplicate rule number", "Rule numbers are unique within one direction of a network ACL."),
    "AG614": Code("settings contradict", "Two settings of the element cannot both hold."),
    # --- reviews
    "AG701": Code("invalid selector", "Selectors are an id, a glob, a flow id, `type:X`, `in:place` or `tag:k=v`, always in a list."),
    "AG702": Code("selector matches nothing", "No element or flow matches the selector.", warning=True),
    "AG703": Code("invalid practice id", "Practices of the Well-Architected Framework are named like `OPS02-BP01`."),
    "AG704": Code("dates out of order", "`expires` must come after `accepted` or `date`."),
    "AG705": Code("unknown element in a view", "`order`, `same_row` and `same_column` name elements by their full ids, or Regions as `account.region`."),
    "AG706": Code("unknown relationship", "`relationships` of a view lists verbs like `ENCRYPTED_BY`, or kinds like `flow` or `identity`; docs/cypher.md names them."),
    "AG707": Code("useless setting of a view", "`depth` goes with `focus`, and a row or column of hints names at least two elements."),
    "AG708": Code("invalid query of a view", "`cypher` is a query of the language in docs/cypher.md that returns elements."),
    # --- own rules
    "AG801": Code("invalid rule", "The metadata of an own rule do not follow docs/own-rules.md."),
    "AG802": Code("rule defined twice", "Two rules have the same id, or one has that of a built-in rule."),
    "AG803": Code("query of a rule refused", "The query of an own rule is not of the portable subset of Cypher that docs/cypher.md describes."),
    "AG804": Code("query of a rule lacks a column", "A query of an own rule returns `element`; one for what is unknown returns `missing` as well."),
    "AG805": Code("unknown practice", "The framework has no practice of that id, or calls it otherwise."),
    "AG806": Code("invalid case", "A case of an own rule has a `name`, a `model` and the results that it expects."),
}  # fmt: skip
