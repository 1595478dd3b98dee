"""Values beside the name of a secret, as many languages and tools write them; and what only looks like one."""

import base64
import random
import string

from gate.rule import Source
from gate.scanners.secrets import scanner
from tests import examples

PASSWORD = "Tr0ub4dor" + "&3x"
PLAIN = "Winter" + "2019q"
KEY = "".join(random.Random(5).choices(string.ascii_letters + string.digits, k=32))  # noqa: S311
HEX = "".join(random.Random(6).choices("0123456789abcdef", k=40))  # noqa: S311
DJANGO = "".join(random.Random(7).choices(string.ascii_lowercase + string.digits + "!@#$%^&*(-_=+)", k=50))  # noqa: S311
BASIC = base64.b64encode(f"deploy:{PASSWORD}".encode()).decode()


def found(files: list[tuple[str, str]]) -> list[list[str]]:
    """What is masked in each text; all are read by one worker."""
    sources = [Source(f"{number}/{path}", text) for number, (path, text) in enumerate(files)]
    values: dict[str, list[str]] = {source.path: [] for source in sources}
    for one in scanner.scan(sources, examples.repo({})).spotted:
        lines = files[int(one.hit.place.path.partition("/")[0])][1].split("\n")
        values[one.hit.place.path] += [lines[line - 1][start:end] for line, start, end in one.hit.spans]
    return list(values.values())


HELD = [
    ("a.java", f'private static final String DB_PASSWORD = "{PASSWORD}";', PASSWORD),
    ("a.java", f'config.setPassword("{PASSWORD}");', PASSWORD),
    ("a.java", f'.password("{PASSWORD}")', PASSWORD),
    ("a.java", f'props.put("password", "{PASSWORD}");', PASSWORD),
    ("a.java", f'new UsernamePasswordCredentials("admin", "{PASSWORD}")', PASSWORD),
    ("a.java", f'@Value("${{db.password:{PLAIN}}}")', PLAIN),
    ("a.js", f"const password = '{PASSWORD}';", PASSWORD),
    ("a.js", f"  apiKey: '{KEY}',", KEY),
    ("a.js", f"const secret = process.env.SESSION_SECRET || '{KEY}'", KEY),
    ("a.js", f"token = config.token ?? `{KEY}`", KEY),
    ("a.ts", f"readonly clientSecret: string = '{KEY}';", KEY),
    ("a.js", f"mysql.createConnection({{user: 'root', password: '{PASSWORD}'}})", PASSWORD),
    ("a.js", f"headers: {{ Authorization: 'Bearer {KEY}' }}", KEY),
    ("a.js", f"headers: {{ Authorization: 'Basic {BASIC}' }}", BASIC),
    ("a.py", f"PASSWORD = u'{PASSWORD}'", PASSWORD),
    ("a.py", f'self.password: str = "{PASSWORD}"', PASSWORD),
    ("a.py", f"connect(host, user='x', passwd='{PASSWORD}')", PASSWORD),
    ("a.py", f"os.environ.get('API_TOKEN', '{KEY}')", KEY),
    ("a.py", f"os.environ['SECRET_KEY'] = '{KEY}'", KEY),
    ("a.py", f"cfg = {{'password': '{PASSWORD}'}}", PASSWORD),
    ("a.py", f"auth = ('deploy', '{PASSWORD}')", PASSWORD),
    ("a.py", f"client.login('deploy', '{PASSWORD}')", PASSWORD),
    ("a.py", f"requests.get(u, auth=HTTPBasicAuth('deploy', '{PASSWORD}'))", PASSWORD),
    ("a.py", f"url = 'https://api.shop.com/v1?api_key={KEY}&x=1'", KEY),
    ("a.cs", f'"Server=db;Database=x;User Id=sa;Password={PASSWORD};"', PASSWORD),
    ("a.cs", f'var password = @"{PASSWORD}";', PASSWORD),
    ("Web.config", f'<add key="SmtpPassword" value="{PASSWORD}" />', PASSWORD),
    ("a.php", f"define('DB_PASSWORD', '{PASSWORD}');", PASSWORD),
    ("a.php", f"'password' => '{PASSWORD}',", PASSWORD),
    ("a.php", f"$password = '{PASSWORD}';", PASSWORD),
    ("a.go", f'password := "{PASSWORD}"', PASSWORD),
    ("a.go", f'const apiKey = "{HEX}"', HEX),
    ("a.rb", f":password => '{PASSWORD}',", PASSWORD),
    ("a.rb", f'ENV["API_TOKEN"] || "{KEY}"', KEY),
    ("a.rb", f"ENV.fetch('API_TOKEN', '{KEY}')", KEY),
    ("a.sh", f"export DB_PASSWORD={PLAIN}", PLAIN),
    ("a.sh", f'PASS="{PASSWORD}"', PASSWORD),
    ("a.sh", f"mysql -u root -p{PLAIN} shop", PLAIN),
    ("a.sh", f"curl -u deploy:{PLAIN} https://shop.com", PLAIN),
    ("a.sh", f"tool --password={PLAIN} --force", PLAIN),
    ("a.sh", f"tool --password {PLAIN} --force", PLAIN),
    ("a.sh", f"sshpass -p '{PASSWORD}' ssh x", PASSWORD),
    ("a.sh", f"TOKEN=${{TOKEN:-{KEY}}}", KEY),
    ("a.properties", f"spring.datasource.password={PLAIN}", PLAIN),
    ("a.ini", f"password = {PLAIN}", PLAIN),
    (".env", f"APP_SECRET={KEY}", KEY),
    ("a.yml", f"  password: {PLAIN}", PLAIN),
    ("a.yml", f'  password: "{PASSWORD}"  # of the shop', PASSWORD),
    ("a.yml", f"  - DB_PASSWORD={PLAIN}", PLAIN),
    ("a.yml", f"      - name: DB_PASSWORD\n        value: {PLAIN}", PLAIN),
    ("a.json", f'"client_secret": "{KEY}",', KEY),
    ("a.ipynb", f'    "db_password = \\"{PASSWORD}\\"\\n",', PASSWORD),
    ("a.xml", f"<password>{PASSWORD}</password>", PASSWORD),
    ("Dockerfile", f"ENV DB_PASSWORD {PLAIN}", PLAIN),
    ("Dockerfile", f"ENV DB_PASSWORD={PLAIN}", PLAIN),
    ("main.tf", f'variable "db_password" {{\n  type = string\n  default = "{PASSWORD}"\n}}', PASSWORD),
    ("main.tf", f'  master_password = "{PASSWORD}"', PASSWORD),
    ("a.sql", f"CREATE USER shop IDENTIFIED BY '{PASSWORD}';", PASSWORD),
    ("a.sql", f"ALTER ROLE shop WITH PASSWORD '{PASSWORD}';", PASSWORD),
    (".npmrc", f"//registry.shop.com/:_authToken={KEY}", KEY),
    ("README.md", f"password: {PLAIN}", PLAIN),
    ("a.py", f"# password: {PLAIN}", PLAIN),
    ("a.java", f'String passWord = "{PASSWORD}";', PASSWORD),
    ("a.py", f"PASSWORD_SHOP_DB = '{PASSWORD}'", PASSWORD),
    ("a.js", f"const API_KEY_GOOGLE = '{KEY}'", KEY),
    ("a.py", f"SECRET_KEY = '{DJANGO}'", DJANGO),
    ("a.ps1", f'ConvertTo-SecureString "{PASSWORD}" -AsPlainText -Force', PASSWORD),
    ("a.php", f'new mysqli("db.shop.com", "root", "{PASSWORD}");', PASSWORD),
    ("a.java", f'DriverManager.getConnection(url, "root", "{PASSWORD}");', PASSWORD),
    ("a.toml", f'heroku_api_key = "{HEX[:8]}-{HEX[8:12]}-{HEX[12:16]}-{HEX[16:20]}-{HEX[20:32]}"',
     f"{HEX[:8]}-{HEX[8:12]}-{HEX[12:16]}-{HEX[16:20]}-{HEX[20:32]}"),
]  # fmt: skip


def test_a_value_is_found_where_passwords_and_keys_stand():
    values = found([(path, f"x\n{line}\n") for path, line, _ in HELD])
    missed = [(path, line, got) for (path, line, value), got in zip(HELD, values, strict=True) if got != [value]]
    assert missed == []


def test_what_people_choose_is_a_password():
    chosen = ["Summer2019!", "admin#2020", "P@ssw0rd1!", "iloveyou2", "1qaz2wsx", "Qwerty!23", "xkqvbzjw", "s3rv3rPa55",
              "dragon99"]  # fmt: skip
    assert found([("a.py", f'password = "{value}"') for value in chosen]) == [[value] for value in chosen]


CLEAN = [
    ("a.py", "password = get_password()"),
    ("a.py", "token = response.json()['access_token']"),
    ("a.py", "password: str = Field(min_length=8)"),
    ("a.py", "PASSWORD_RESET_TIMEOUT = 259200"),
    ("a.py", "API_KEY_HEADER = 'X-Api-Key-V2'"),
    ("a.py", "token_type = 'Bearer2'"),
    ("a.js", "User.create({username: 'x', password: '123456', newPassword: '654321'})"),
    ("a.js", "access_token: 'abc123def456ghi789'"),
    ("config.js", "password = defaults_1.admin2"),
    ("check-credentials.js", "x = given.password === shared_1.SUPERADMIN_password2;"),
    ("a.py", "PASSWORD_RESET_TOKEN_ID = 'reset9Xk2token'"),
    ("a.js", "tokenName: 'Xq9mK2vL8pR4'"),
    ("a.js", "passwordHint: 'B1g-D0g'"),
    ("a.py", "if password != 'Wq83nnXc7': raise ValueError('password1 differs')"),
    ("a.py", "TOKEN_URL = 'https://shop.com/oauth2/token'"),
    ("a.py", "__all__ = ('V3Saml2Password', 'V3ADFSPassword')"),
    ("a.py", "PASSWORD_HASH = 'pbkdf2_sha256$12000$TmyjzRJywZvs$CixnTYFGK8'"),
    ("a.py", "user.password = '$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW'"),
    ("a.py", "secret = '{}-{}'.format(a, b)"),
    ("a.py", "password = '********'"),
    ("a.py", "password = 'REDACTED'"),
    ("a.py", "api_key = 'your-api-key-1234'"),
    ("a.py", "api_key = '<api-key-v2>'"),
    ("a.py", "next_page_token = 'eyJpbmRleCI6IDExfQx'"),
    ("a.py", "csrf_token = 'ji4brixbiub3Xq9'"),
    ("a.py", "public_key = 'BGtkbcjrO12YMoDuq2sCQeHlu47uPx3S'"),
    ("a.py", "cache_key = 'v2-user-9f8e7d6c5b4a'"),
    ("a.js", "passwordField: 'input_password2'"),
    ("a.js", "author: 'Jo3 D0e', passenger: 'x9y8z7w6'"),
    ("a.js", "import { token1 } from './tokens2'"),
    ("a.js", "password: this.form.password2,"),
    ("a.js", "secret: config.secret1"),
    ("a.ts", "password: string1;"),
    ("a.json", '"password": "Contraseña1"'),
    ("a.json", '"jsonwebtoken": "9.0.3",'),
    ("a.json", '"@scope/htpasswd": "^13.0.3"'),
    ("a.json", '"token": "0x6629Ce1Cf35Cc1329ebB4F63202F3f197b3F050B"'),
    ("a.yml", "password: ${DB_PASSWORD}"),
    ("a.yml", "password: {{ vault_password1 }}"),
    ("a.yml", "secretKeyRef: { name: db-credentials-2, key: password1 }"),
    ("a.yml", "password: !vault |"),
    ("a.yml", "token: ${{ secrets.NPM_TOKEN2 }}"),
    ("a.yml", "password: !Ref DbPassword2"),
    ("a.properties", "password.label=Password2"),
    (".env.example", "API_KEY=xxxxxxxx1111xxxx"),
    (".env.example", "DB_PASSWORD=changeme123"),
    ("a.sh", 'PASSWORD="$1"'),
    ("a.sh", "read -s -p Password1: PASSWORD"),
    ("a.sh", "tool --password $PASSWORD2"),
    ("a.md", "password: at least 8 characters, 1 digit"),
    ("a.html", '<input type="password" name="password2" id="id_password2">'),
    ("a.css", ".password-field2 { color: #a1b2c3 }"),
    ("a.java", 'private static final String KEY_PASSWORD = "key.password.v2";'),
    ("a.java", 'String password = props.getProperty("db.password2");'),
    ("a.go", 'token := os.Getenv("API_TOKEN2")'),
    ("a.php", "$password = $_POST['password2'];"),
    ("a.xml", "<password>${db.password2}</password>"),
]  # fmt: skip


def test_lookups_names_types_hashes_and_placeholders_are_no_secrets():
    values = found([(path, f"x\n{line}\n") for path, line in CLEAN])
    assert [(line, got) for (_, line), got in zip(CLEAN, values, strict=True) if got] == []
