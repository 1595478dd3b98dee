"""Which distribution brings a module whose name is another, and which module names no distribution should be asked for by.

Collected in November 2026 from the metadata of published wheels (`top_level.txt`, and the files they install), and from
the documentation of the projects; only names that differ by more than case, dashes and dots.
"""

import re
import sys

_TABLE = """
_pytest pytest; admin_interface django-admin-interface; allauth django-allauth; attr attrs; axes django-axes; barcode
python-barcode; bidi python-bidi; bio biopython; Bio biopython; boolean boolean-py; bs4 beautifulsoup4; bson pymongo;
cairo pycairo; can python-can; celery_beat django-celery-beat; cms django-cms; consul python-consul python-consul2;
corsheaders django-cors-headers; crontab python-crontab; Crypto pycrypto pycryptodome; Cryptodome pycryptodomex; cv2
opencv-contrib-python opencv-contrib-python-headless opencv-python opencv-python-headless; cyclonedx
cyclonedx-python-lib; dateutil python-dateutil; dbus dbus-python; debug_toolbar django-debug-toolbar; decouple
python-decouple; discord discord-py py-cord; django_gravatar django-gravatar2; dns dnspython; docx python-docx; dotenv
python-dotenv; editor python-editor; eio python-engineio; engineio python-engineio; environ django-environ
environ-config; faiss faiss-cpu faiss-gpu; ffmpeg ffmpeg-python; filer django-filer; fitz pymupdf; frontmatter
python-frontmatter; gi pygobject; git gitpython; github pygithub; gitlab python-gitlab; gnupg python-gnupg; google
protobuf; googleapiclient google-api-python-client; graphql graphql-core; grpc grpcio; grpc_health
grpcio-health-checking; grpc_status grpcio-status; grpc_tools grpcio-tools; guardian django-guardian; haystack
django-haystack haystack-ai; hcl2 python-hcl2; hid hidapi; hydra hydra-core; igraph igraph python-igraph; impala
impyla; import_export django-import-export; ipware django-ipware python-ipware; iso639 python-iso639; jenkins
python-jenkins; jnius pyjnius; jose python-jose; jwt pyjwt; kafka kafka-python; keycloak python-keycloak; lark lark
lark-parser; ldap python-ldap; levenshtein levenshtein python-levenshtein; Levenshtein levenshtein python-levenshtein;
libfuturize future; lightrag lightrag-hku; magic python-magic python-magic-bin; markdown_it markdown-it-py; MeCab
mecab-python3; mecab mecab-python3; memcache python-memcached; mpl_toolkits matplotlib; mptt django-mptt; multipart
python-multipart; mysql mysql-connector-python; MySQLdb mysqlclient; nacl pynacl; nmap python-nmap; oauth2_provider
django-oauth-toolkit; odf odfpy; onelogin python3-saml; OpenGL pyopengl; openid python3-openid; OpenSSL pyopenssl;
osgeo gdal; packageurl packageurl-python; pam python-pam; past future; phonenumber_field django-phonenumber-field; PIL
pillow; pkg_resources setuptools; playhouse peewee; pptx python-pptx; prestodb presto-python-client; psycopg psycopg
psycopg-binary; psycopg2 psycopg2 psycopg2-binary; pwiz peewee; py pytest; pylab matplotlib; pylsp python-lsp-server;
pythoncom pywin32; pywintypes pywin32; rapidjson python-rapidjson; rest_framework djangorestframework;
rest_framework_nested drf-nested-routers; rest_framework_simplejwt djangorestframework-simplejwt; rosetta
django-rosetta; rpds rpds-py; ruamel ruamel-yaml; saml2 pysaml2; sass libsass; serial pyserial; silk django-silk;
skimage scikit-image; sklearn scikit-learn; slack slack-sdk slackclient; slugify python-slugify unicode-slugify;
snappy python-snappy; social_core social-auth-core; social_django social-auth-app-django; socketio python-socketio;
socks pysocks; speech_recognition speechrecognition; stdnum python-stdnum; storages django-storages; tabula tabula-py;
taggit django-taggit; telebot pytelegrambotapi; telegram python-telegram-bot; tlz toolz; treebeard django-treebeard;
umap umap-learn; usb pyusb; usb1 libusb1; vlc python-vlc; websocket websocket-client; whois python-whois whois;
win32api pywin32; win32con pywin32; wx wxpython; xapian xapian-bindings; xdist pytest-xdist; Xlib python-xlib; yaml
pyyaml; zmq pyzmq; zope zope-interface
"""
"""A module and the distributions that bring it, each behind a semicolon."""

DISTRIBUTIONS = {module: frozenset(names) for entry in _TABLE.split(";") for module, *names in [entry.split()] if names}
"""By the name in an import: the distributions that bring it."""

IMPORT_NAMES = {
    "attr": "attrs", "crypto": "pycryptodome", "cv2": "opencv-python", "dateutil": "python-dateutil",
    "docx": "python-docx", "dotenv": "python-dotenv", "fitz": "pymupdf", "jose": "python-jose", "jwt": "pyjwt",
    "ldap": "python-ldap", "mysqldb": "mysqlclient", "nacl": "pynacl", "openssl": "pyopenssl", "pil": "pillow",
    "pptx": "python-pptx", "serial": "pyserial", "skimage": "scikit-image", "sklearn": "scikit-learn",
    "socketio": "python-socketio", "telegram": "python-telegram-bot", "usb": "pyusb", "yaml": "pyyaml", "zmq": "pyzmq",
    "win32api": "pywin32", "rest-framework": "djangorestframework", "pkg-resources": "setuptools",
    "corsheaders": "django-cors-headers", "memcache": "python-memcached", "websocket": "websocket-client",
}  # fmt: skip
"""Names of modules that are asked for as if they were distributions, in canonical form, and the one that is meant.

On the index such a name is free, or belongs to a project that has nothing to do with the module.
"""

_EVERYWHERE = frozenset(
    "distutils imp asynchat asyncore smtpd cgi cgitb telnetlib crypt nntplib pipes uu xdrlib audioop aifc chunk msilib nis "
    "ossaudiodev sndhdr spwd sunau imghdr lib2to3 tomllib compression annotationlib __main__ __builtin__ java org com js "
    "pyodide micropython machine typing_extensions".split()
)
"""Modules of the standard library of some version of Python, and of other interpreters."""


def is_standard(module: str) -> bool:
    """Whether a top-level module comes with Python."""
    return module in sys.stdlib_module_names or module in _EVERYWHERE


def brings(distribution: str, module: str) -> bool:
    """Whether a distribution, by its canonical name, may bring a top-level module: by the table, or by its name."""
    if distribution in DISTRIBUTIONS.get(module, ()):
        return True
    joined, words = distribution.replace("-", ""), _singular(distribution.split("-"))
    wanted = re.sub(r"[-_.]+", "", module).lower()
    within = len(wanted) >= 4 and wanted in joined
    return wanted == joined or within or _singular(module.lower().split("_")) <= words


def usual_names(module: str) -> frozenset[str]:
    """The names of distributions that would bring a module by custom."""
    name = module.lower().replace("_", "-")
    return frozenset({name, f"python-{name}", f"py{name}", f"{name}-python", f"{name}-py", f"{name}-client"})


def _singular(words: list[str]) -> frozenset[str]:
    return frozenset(word.rstrip("s") for word in words if word)
