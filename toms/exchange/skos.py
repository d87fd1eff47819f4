"""The register as linked data: SKOS, in the terms that other registers of concepts use.

A measure is a concept, called by the address that it has for ever; what is said of it is what its
version says. Themes and outcomes are broader concepts.
"""

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.encoding import iri_to_uri
from rdflib import DCAT, DCTERMS, OWL, RDF, SKOS, XSD, Graph, Literal, URIRef

from toms.exchange.described import Described
from toms.exchange.fields import measure_address
from toms.models import Outcome, PolicyLink, Release, Theme
from tslsv.mail.links import absolute

FORMATS = {"ttl": ("turtle", "text/turtle"), "jsonld": ("json-ld", "application/ld+json")}
"""The ending of a file, to what rdflib calls the format, and its content type."""

_MATCHES = {
    PolicyLink.Match.EXACT: SKOS.exactMatch,
    PolicyLink.Match.CLOSE: SKOS.closeMatch,
    PolicyLink.Match.BROAD: SKOS.broadMatch,
    PolicyLink.Match.NARROW: SKOS.narrowMatch,
    PolicyLink.Match.RELATED: SKOS.relatedMatch,
}
_NOTES = (
    ("existing_value_rule", "What goes on already"),
    ("does_not_count", "Does not count"),
    ("evidence", "Evidence"),
    ("evidence_small", "Evidence, with fewer than 10 staff"),
)
"""Fields that are scope notes, and what stands before them."""

# Of DCAT 3, which rdflib does not know yet.
_VERSION = URIRef(f"{DCAT}version")
_PREFIXES = {"dcat": DCAT, "dcterms": DCTERMS, "owl": OWL, "skos": SKOS, "xsd": XSD}


def register_uri() -> URIRef:
    return URIRef(absolute(reverse("toms:register")))


def release_uri(release: Release) -> URIRef:
    return URIRef(absolute(release.get_absolute_url()))


def theme_uri(theme: Theme) -> URIRef:
    """The register, narrowed to the theme."""
    return URIRef(f"{register_uri()}?theme={theme.code}")


def outcome_uri(outcome: Outcome) -> URIRef:
    """The register, narrowed to the outcome."""
    return URIRef(f"{register_uri()}?outcome={outcome.code}")


def graph_of(described: Iterable[Described], release: Release | None = None) -> Graph:
    """The measures with their outcomes and themes, in the register, and in this release."""
    # Only the terms that are used are named: no list of everything that RDF knows.
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in _PREFIXES.items():
        graph.bind(prefix, namespace)
    _scheme(graph, register_uri(), "Leeds TOMs")
    schemes = [register_uri()]
    if release is not None:
        _release(graph, release)
        schemes.append(release_uri(release))
    for one in described:
        _measure(graph, one, schemes)
    return graph


def write(graph: Graph, ending: str) -> bytes:
    """The graph as a file with this ending (see ``FORMATS``)."""
    name, _ = FORMATS[ending]
    if name == "json-ld":
        context = {prefix: str(namespace) for prefix, namespace in _PREFIXES.items()}
        return graph.serialize(format=name, encoding="utf-8", context=context, auto_compact=True)
    return graph.serialize(format=name, encoding="utf-8")


def _scheme(graph: Graph, uri: URIRef, title: str) -> None:
    graph.add((uri, RDF.type, SKOS.ConceptScheme))
    graph.add((uri, DCTERMS.title, _words(title)))


def _release(graph: Graph, release: Release) -> None:
    uri = release_uri(release)
    _scheme(graph, uri, release.title)
    graph.add((uri, DCTERMS.isVersionOf, register_uri()))
    graph.add((uri, _VERSION, Literal(release.slug)))
    if release.introduction:
        graph.add((uri, DCTERMS.description, _words(release.introduction)))
    if release.adopted_on:
        graph.add((uri, DCTERMS.issued, Literal(release.adopted_on)))


def _measure(graph: Graph, one: Described, schemes: Sequence[URIRef]) -> None:
    version, measure = one.version, one.version.measure
    uri = URIRef(measure_address(measure))
    _concept(graph, uri, measure.code, version.title, schemes)
    for release in one.releases:
        graph.add((uri, SKOS.inScheme, release_uri(release)))
    graph.add((uri, SKOS.broader, _outcome(graph, measure.outcome, schemes)))
    notes = [
        (SKOS.definition, version.what_counts),
        *((SKOS.scopeNote, _noted(start, getattr(version, name))) for name, start in _NOTES),
        (SKOS.example, version.example),
        (SKOS.changeNote, version.reason),
        (SKOS.changeNote, version.ended_reason),
    ]
    for term, text in notes:
        if text:
            graph.add((uri, term, _words(text)))
    _life(graph, uri, one)
    for link in one.policy_links:
        if link.url:
            match = _MATCHES[PolicyLink.Match(link.match)]
            graph.add((uri, match, URIRef(iri_to_uri(link.url))))


def _noted(start: str, text: str) -> str:
    return f"{start}: {text}" if text else ""


def _life(graph: Graph, uri: URIRef, one: Described) -> None:
    """Which version this is, and whether the measure is over."""
    graph.add((uri, _VERSION, Literal(str(one.version.number))))
    if one.version.adopted_on:
        graph.add((uri, DCTERMS.issued, Literal(one.version.adopted_on)))
    if one.is_over:
        graph.add((uri, OWL.deprecated, Literal(True)))
    # A newer version goes by the same name; only another measure replaces a concept.
    if one.replaced_by and one.replaced_by[0] != one.version.measure:
        graph.add((uri, DCTERMS.isReplacedBy, URIRef(measure_address(one.replaced_by[0]))))


def _outcome(graph: Graph, outcome: Outcome, schemes: Sequence[URIRef]) -> URIRef:
    theme, uri = theme_uri(outcome.theme), outcome_uri(outcome)
    _concept(graph, theme, outcome.theme.code, outcome.theme.label, schemes)
    if outcome.theme.description:
        graph.add((theme, SKOS.definition, _words(outcome.theme.description)))
    for scheme in schemes:
        graph.add((theme, SKOS.topConceptOf, scheme))
        graph.add((scheme, SKOS.hasTopConcept, theme))
    _concept(graph, uri, outcome.code, outcome.label, schemes)
    graph.add((uri, SKOS.broader, theme))
    return uri


def _concept(graph: Graph, uri: URIRef, code: str, label: str, schemes: Sequence[URIRef]) -> None:
    graph.add((uri, RDF.type, SKOS.Concept))
    graph.add((uri, SKOS.notation, Literal(code)))
    graph.add((uri, SKOS.prefLabel, _words(label)))
    for scheme in schemes:
        graph.add((uri, SKOS.inScheme, scheme))


def _words(text: str) -> Literal:
    return Literal(text, lang="en")
