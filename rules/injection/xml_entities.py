"""XML from a request is parsed by a parser that follows its entities.

A document can name files and addresses to be put into itself, and a few lines of it can grow to gigabytes: the caller
reads files of the server, reaches its network, or stops it (XXE, "billion laughs").
"""

from collections.abc import Iterator

from gate.facts import receivers
from gate.facts.arrivals import Arrival, arrivals
from gate.facts.definition import Definition
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(611, 776),
    fix="""Parse with `defusedxml`; lxml with `etree.XMLParser(resolve_entities=False, no_network=True)`.""",
    bad=[
        """
        import xml.etree.ElementTree as ET
        from flask import Flask, request
        from lxml import etree
        app = Flask(__name__)
        @app.post("/order")
        def order():
            parser = etree.XMLParser(resolve_entities=True)
            first = etree.fromstring(request.data, parser)  # <-
            second = ET.fromstring(request.data)  # <-
            return {"first": first.tag, "second": second.tag}
        """,
        """
        import io, xml.sax
        import xmltodict
        from django.http import HttpResponse
        def upload(request):
            parser = xml.sax.make_parser()
            parser.setFeature(xml.sax.handler.feature_external_ges, True)
            parser.parse(io.BytesIO(request.body))  # <-
            xml.sax.parseString(request.body, Handler())  # <-
            found = xmltodict.parse(request.body, disable_entities=False)  # <-
            return HttpResponse("")
        """,
    ],
    good=[
        """
        import defusedxml.ElementTree as ET
        from flask import Flask, request
        from lxml import etree
        app = Flask(__name__)
        @app.post("/order")
        def order():
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            first = etree.fromstring(request.data, parser)
            second = etree.fromstring(request.data, parser=parser)
            return {"first": first.tag, "second": ET.fromstring(request.data).tag}
        """,
        """
        import io, xml.sax
        import xmltodict
        from django.http import HttpResponse
        def upload(request):
            parser = xml.sax.make_parser()
            parser.setFeature(xml.sax.handler.feature_external_ges, False)
            parser.parse(io.BytesIO(request.body))
            found = xmltodict.parse(request.body)
            return HttpResponse("")
        """,
    ],
    misses=["Parsers that are set up in another function; they count as set up as the library does."],
)


@rule.check(Definition)
def parsed(fact: Definition, repo: Repo) -> Iterator[Hit]:
    return (_hit(arrival) for arrival in arrivals(fact, repo, {receivers.XML}))


def _hit(arrival: Arrival) -> Hit:
    what = "whose entities may grow without bound" if arrival.sink.warn else "which is told to resolve its entities"
    said = f"{arrival.entered} and is parsed by `{arrival.sink.name}`, {what}."
    severity = Severity.MEDIUM if arrival.sink.warn else None
    return Hit(arrival.place, said, trace=arrival.hops("and is parsed"), detail=arrival.route.kind, severity=severity)
