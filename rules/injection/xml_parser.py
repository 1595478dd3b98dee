"""A parser of XML is told to follow what a document refers to.

A document can name files and addresses to be put into itself. A parser that is set up to follow them reads the files of
the server, and reaches its network, for whoever wrote the document; most programs need nothing of the kind.
"""

from collections.abc import Iterator

from gate.facts.entityparser import EntityParser
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(611,),
    fix="""Leave entities alone: `etree.XMLParser(resolve_entities=False, no_network=True)`, or parse with `defusedxml`.
    Where a document's own entities are wanted, lxml 5 has `resolve_entities="internal"`.""",
    bad=[
        """
        from lxml import etree
        RESOLVE = True
        def load(path):
            parser = etree.XMLParser(resolve_entities=RESOLVE)  # <-
            for _, node in etree.iterparse(path, resolve_entities=True):  # <-
                yield node
            yield etree.parse(path, parser)
            yield etree.parse(path, etree.XMLParser(load_dtd=True, no_network=False))  # <-
        """,
        """
        import xml.sax
        from xml.sax.handler import feature_external_ges
        def load(path, handler):
            parser = xml.sax.make_parser()
            parser.setFeature(feature_external_ges, True)  # <-
            parser.setContentHandler(handler)
            parser.parse(path)
        """,
    ],
    good=[
        """
        import xml.sax.handler
        from lxml import etree
        def load(path, handler, entities):
            parser = xml.sax.make_parser()
            parser.setFeature(xml.sax.handler.feature_external_ges, False)
            parser.setFeature(xml.sax.handler.feature_namespaces, True)
            first = etree.XMLParser(resolve_entities=False)
            second = etree.XMLParser(resolve_entities="internal")
            etree.fromstring("<own/>", etree.XMLParser(resolve_entities=True))
            return first, second, etree.XMLParser(resolve_entities=entities), etree.XMLParser()
        """,
    ],
    misses=["A parser that is set up by options which come from elsewhere; the default of lxml before release 5."],
)


@rule.check(EntityParser)
def look(found: EntityParser, repo: Repo) -> Iterator[Hit]:
    said = f"This parser is told by `{found.name}` to follow entities, and so reads the files that a document names."
    yield Hit(found.place, said)
