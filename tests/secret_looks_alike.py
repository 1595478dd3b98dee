"""Lines that only look as if they held a secret, by shape; the marks are those of `secret_lines`."""

# fmt: off
CLEAN = {
    "variables": ("app/main.py", r"""
        password = password
        password=password,
        self.password = password
        token = token
        self._token = self.token2
        secret = secret_value1
        passwd = sys.argv[2]
        api_key = args.api_key1
        api_key = self.config.key2
        password = user.password_2
        kwargs['password'] = password1
        key = b_key2
        tokens = [t1, t2]
        token = tokens[i2]
        const password = req.body.password1;
        const { password: pw2 } = req.body;
        password: passwordRef.current.value,
        this.token = token1;
        token: state.auth.token2,
        let key = keys[0] + keys2;
        $password = $row['password1'];
        $this->secret = $secret1;
        password := cfg.Password1
        Token: opts.Token1,
        String password = passwordField1.getText();
        String token = request.getHeader("X-Auth-Token1");
        val apiKey = BuildConfig.API_KEY1
        password => $password1,
        password: @password1
        params[:password1]
        """),
    "function calls": ("app/main.py", r"""
        password = getpass.getpass("Password: ")
        token = generate_token(32)
        token = secrets.token_hex(16)
        secret = os.urandom(24)
        api_key = os.environ["API_KEY_V2"]
        api_key = os.getenv("API_KEY_V2")
        SECRET_KEY = config('SECRET_KEY_1')
        SECRET_KEY = env.str("DJANGO_SECRET_KEY_1")
        token = response.json()["access_token1"]
        token = create_access_token(identity="user1234")
        password = hash_password("pa" + "b1")
        key = hashlib.md5("abc1".encode()).hexdigest()
        password = faker.password(length=12)
        password = keyring.get_password("system1", "user1")
        const token = localStorage.getItem('token_v2');
        const secret = crypto.randomBytes(32).toString('hex');
        const key = await vault.read('secret/data/app1');
        password: Cypress.env('password1'),
        token: core.getInput('repo-token1'),
        password := os.Getenv("DB_PASSWORD1")
        token, err := jwt.Parse(raw1, keyFunc2)
        apiKey := viper.GetString("api.key1")
        $password = getenv('DB_PASSWORD1');
        'password' => env('DB_PASSWORD1', ''),
        'key' => env('APP_KEY1'),
        String password = System.getenv("DB_PASSWORD1");
        String token = jwtUtil.generateToken(user1, 3600);
        var secret = Configuration["Jwt:Key1"];
        password = Rails.application.credentials.db[:password1]
        password = ENV.fetch("DB_PASSWORD1")
        password = data.aws_secretsmanager_secret.db1.secret_string
        password = var.db_password1
        password = random_password.db1.result
        secret = base64.b64decode(secret_b64)
        passphrase = input("Passphrase2: ")
        """),
    "placeholders": ("config/app.yml", r"""
        password: changeme
        password: "<your-password-1>"
        password: YOUR_PASSWORD_1
        password: your_password123
        password: xxxxxxxx
        password: XXXXX-XXXXX-12345
        password: "********"
        password: '...'
        password: <password1>
        password: [password]
        api_key: YOUR_API_KEY
        api_key: your-api-key-here-1
        api_key: "<insert key 1>"
        apikey: INSERT_YOUR_KEY_1
        token: TODO
        token: REPLACE_ME_1
        token: replace-with-your-token1
        token: dummy-token-1
        token: fake_token_123456
        secret: example-secret-1
        secret: some-secret-value
        secret: secret123
        secret: mysecret1
        secret: supersecret
        secret: notasecret
        access_key: AKIAXXXXXXXXXXXXXXXX
        password: foobar1
        password: test1234
        password: password1
        password: Password123
        password: pass1234
        password: redacted
        password: hidden
        password: none
        password: null
        password: ""
        password: ~
        password: "-"
        """),
    "templates": ("deploy/values.yaml", r"""
        password: ${DB_PASSWORD1}
        password: "${env:DB_PASSWORD1}"
        password: $DB_PASSWORD1
        password: $(DB_PASSWORD1)
        password: {{ db_password1 }}
        password: "{{ .Values.db.password1 }}"
        password: {{ lookup('env', 'PASSWORD1') }}
        password: "{{ vault_db_password1 }}"
        password: ${{ secrets.DB_PASSWORD1 }}
        token: ${{ github.token }}
        token: <%= ENV["TOKEN1"] %>
        password: %DB_PASSWORD1%
        password: #{DB_PASSWORD1}#
        password: @@DB_PASSWORD1@@
        password: __DB_PASSWORD1__
        password: !Ref DbPassword1
        password: !Sub "{{resolve:secretsmanager:${Secret1}}}"
        password: !vault |
        password: '{{resolve:ssm-secure:db-password1:1}}'
        password: ENC(§b)
        password: op://vault/item1/password
        password: vault:secret/data/db1#password
        password: arn:aws:secretsmanager:eu-west-1:123456789012:secret:db1-AbCdEf
        password: file:///run/secrets/db1
        password: /run/secrets/db_password1
        passwordSecretRef: db-secret-1
        existingSecret: shop-postgresql-14
        secretName: letsencrypt-prod-2
        secretKeyRef: {name: db-1, key: password1}
        token: $[ variables.token1 ]
        password: "#{ENV['DB_PASSWORD1']}"
        password: "%(ENV_DB_PASSWORD1)s"
        """),
    "templates in code": ("src/app.js", r"""
        `Bearer ${token1}`
        headers: { Authorization: `Bearer ${this.token1}` },
        Authorization: "Bearer " + token1,
        "Authorization": f"Bearer {token1}",
        "Authorization": "Bearer %s" % token1,
        "Authorization: Bearer {0}".format(token1)
        "Authorization: Bearer $TOKEN1"
        `https://${user1}:${password1}@shop.com`
        "postgres://%s:%s@%s/%s"
        "postgresql://{user1}:{password1}@{host1}/x"
        f"mysql://{u1}:{p1}@db.shop.com"
        "mongodb://<user1>:<password1>@db.shop.com"
        "Server={0};Password={1};User={2}"
        "password=" + password1 + "&x=1"
        "password=${password1}&x=1"
        `password='${password1}'`
        password=%s&token=%s
        curl -u $USER1:$PASSWORD1 https://shop.com
        curl -u "${USER1}:${PASS1}" https://shop.com
        mysql -u root -p$PASSWORD1
        mysql -u root -p"${PASSWORD1}" x
        sshpass -p "$PASS1" ssh x
        PGPASSWORD=$PASS1 psql
        docker login -u x --password-stdin
        docker login -u "$U1" -p "$P1"
        export TOKEN="$(cat token1.txt)"
        export TOKEN=`gcloud auth print-access-token`
        TOKEN=$(curl -s https://shop.com/token1)
        IDENTIFIED BY '${PASSWORD1}'
        IDENTIFIED BY :password1
        WITH PASSWORD '%s'
        echo "root:$PASSWORD1" | chpasswd
        """),
    "names of things": ("app/names.py", r"""
        PASSWORD_FIELD = "password_2"
        TOKEN_NAME = "csrf-token-v2"
        API_KEY_HEADER = "X-API-Key-2"
        SECRET_NAME = "prod/shop/stripe2"
        password_input_id = "id_password1"
        token_url = "https://shop.com/oauth2/token"
        tokenUrl: '/oauth2/token',
        secret_path = "kv/data/shop1"
        key_file = "/etc/ssl/private/server1.key"
        password_file: "/run/secrets/pw1"
        passwordKey = "user.password.v1"
        KEY_PASSWORD = "password.key1"
        ACCESS_TOKEN = "access_token"
        REFRESH_TOKEN = 'refresh_token2'
        const TOKEN_KEY = 'app.auth.token.v1';
        TOKEN: 'TOKEN_1',
        SET_TOKEN = 'auth/SET_TOKEN'
        public static final String TOKEN_PREFIX = "Bearer1 ";
        private static final String PARAM_PASSWORD = "j_password1";
        private static final String PASSWORD_KEY = "com.shop.PASSWORD1";
        name="password" id="password2"
        <input type="password" name="user_password1" id="p1">
        <label for="password1">Password</label>
        [name='password1']
        $('#password1').val()
        By.id("password1")
        page.fill('#password1', pw)
        .password-strength1 { color: red }
        formControlName="password1"
        v-model="form.password2"
        autocomplete="new-password"
        type: 'password1',
        "name": "access_token1",
        column: password_digest1
        t.string "reset_password_token"
        add_column :users, :api_token1, :string
        password VARCHAR(255) NOT NULL
        password_hash CHAR(60),
        `token` varchar(64) DEFAULT NULL,
        field(:password1, :string, redact: true)
        @Column(name = "password1")
        @JsonProperty("access_token1")
        json:"access_token1,omitempty"
        Password string `json:"password1"`
        """),
    "types": ("src/types.ts", r"""
        password: string;
        password?: string1;
        token: string | null;
        token: Token1Type;
        secret: Optional[str] = None
        password: SecretStr1
        api_key: Union[str, None] = None
        apiKey: PropTypes.string.isRequired
        password: Joi.string().min(8).required(),
        password: z.string().min(12),
        password: yup.string().required('Password1'),
        password: { type: String, required: true },
        password: types.STRING(128),
        password = serializers.CharField(write_only=True)
        password = models.CharField(max_length=128)
        password = Column(String(128))
        password = forms.CharField(widget=forms.PasswordInput)
        func Login(user string, password string) error {
        def login(user, password="", token=None):
        public string Password { get; set; }
        private final String password2;
        std::string password2;
        let password: String;
        password: &str,
        type: Secret1
        token: TokenKind.Ident2,
        TokenType.NUMBER2 = 12
        token = Token(TokenType.STRING2, "abc1")
        case Token.Plus2: return
        enum Token { Plus1, Minus2 }
        "password": {"type": "string", "minLength": 8}
        """),
    "messages": ("app/messages.py", r"""
        error = "Password must have at least 8 characters"
        "password": "Invalid password1!",
        PASSWORD_ERROR = "Passwords do not match1"
        print("Password: 8 characters")
        raise ValueError("token expired2")
        message: 'Password is too short (min 6)',
        passwordHint: 'At least 1 number',
        placeholder: "Enter password (8+)",
        logger.info("token=%s", token1)
        log.debug("Secret: {}", name1)
        throw new Error('Invalid token: ' + t1);
        "The secret is missing in config2"
        # the password is read from the environment
        # token: the token of the session1
        // password: the password of user1
        * @param password the password2
        * @param {string} token - API token1
        :param password: the user's password1
        help="API key (see https://shop.com/keys1)"
        description: "The API key, see section 4.2"
        title: "Reset your password in 2 steps",
        <p>Your password has 2 errors</p>
        Password: at least one digit
        - token: see chapter 12
        Basic authentication1 is used
        Bearer authentication is required2
        Token authentication-scheme2 works
        """),
    "translations": ("src/i18n.js", r"""
        password: 'Passwort',
        password: "Mot de passe",
        password: "Contraseña",
        "password": "Wachtwoord",
        password: "パスワード",
        "password": "비밀번호1",
        'token': 'Jeton',
        password: "Mật khẩu",
        secret: "Geheimnis",
        confirmPassword: "Passwort bestätigen",
        forgotPassword: 'Passwort vergessen?',
        "login.password": "Lozinka",
        passwordLabel: "Palavra-passe",
        "password" = "Adgangskode";
        """),
    "hashes": ("package.json", r"""
        "integrity": "sha512-§b§b==",
        "sha256": "§q",
        "checksum": "§q"
        "commit": "§h",
        "sha": "§h",
        "rev": "§h",
        "gitHead": "§h",
        "_id": "§x",
        "resolved": "https://npm.shop.com/x.tgz#§h",
        "etag": "\"§x\"",
        "hash": "§x",
        sha256 "§q"
        --hash=sha256:§q
        image: shop/x@sha256:§q
        uses: actions/checkout@§h
        rev: §h
        md5sum = "§x"
        digest: sha256:§q
        fingerprint = "§h"
        X.509 fingerprint: §h
        h1:§b=
        <script integrity="sha384-§b§b" crossorigin="anonymous">
        password_hash = "§q"
        'password' => '$2y$10$§k§s',
        password: "{SHA}§k="
        expected = "§q"
        """),
    "identifiers": ("config/ids.json", r"""
        "id": "§u",
        "uuid": "§u",
        "clientId": "§u",
        "tenant_id": "§u",
        "subscriptionId": "§u"
        "request_id": "§x",
        "user_id": "§x",
        "object_id": "§u",
        <Guid>§u</Guid>
        [Guid("§u")]
        ProjectGuid = "{§u}"
        appId: '§u',
        "trace_id": "§x",
        "session": "§u",
        "productKey": "SKU-2041-AB"
        "sortKey": "2019-01-02T03:04:05Z"
        "key": "user:1042:profile"
        "key": "f1",
        "keys": ["a1", "b2"]
        key: ctrl+shift+F5
        key: 'item-42',
        "primaryKey": "order_id1"
        "partitionKey": "tenant#42",
        "cacheKey": "v3:products:42"
        "publicKey": "§b",
        "public_key": "§k§k",
        "site_key": "public-site-1"
        keyCode: 13,
        "keyId": "alias/shop-2"
        "kid": "2024-05-key1",
        """),
    "public keys": ("keys/x.txt", r"""
        ssh-rsa AAAAB3NzaC1yc2E§k§k== user@host
        ssh-ed25519 AAAAC3NzaC1lZDI1NTE5§k user@host
        -----BEGIN PUBLIC KEY-----↵§b§b↵-----END PUBLIC KEY-----
        -----BEGIN CERTIFICATE-----↵§b§b↵-----END CERTIFICATE-----
        pk_live_§k
        "publishableKey": "pk_test_§k",
        publicKeyToken=b77a5c561934e089
        PublicKeyToken=31bf3856ad364e35, processorArchitecture=MSIL
        -----BEGIN RSA PRIVATE KEY-----
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\n"
        """),
    "comparisons and patterns": ("src/check.js", r"""
        if (password === 'admin') {
        if password == "secret1":
        password.match(/^[A-Za-z0-9]{8,}$/)
        passwordRegex = /^(?=.*[a-z])(?=.*\d).{8,}$/
        PASSWORD_PATTERN = r"^(?=.*\d)[a-zA-Z\d]{8,}$"
        r"password\s*=\s*(\w+1)"
        re.compile(r"token=([a-f0-9]{40})")
        token: /[a-z]+\d/,
        assert token == "abc1"
        expect(password).toBe('x1');
        password.length >= 8
        token !== undefined2
        switch (token) { case 'a1': }
        key in ('a1', 'b2')
        for key, value in items2
        if token.startswith("ghp_"):
        password[0:4] == "1234"
        ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
        charset: 'abcdefghjkmnpqrstuvwxyz23456789',
        TOKEN_CHARS = "abcdefghijklmnopqrstuvwxyz0123456789"
        """),
    "documents": ("docs/x.md", r"""
        https://user:password@example.com
        postgres://user:pass@localhost:5432/db
        postgres://postgres:postgres@db:5432/postgres
        mysql://root:root@127.0.0.1/x
        redis://:password@redis:6379
        amqp://guest:guest@rabbitmq//
        curl -u user:password https://example.com
        curl -u username:token https://api.example.com
        curl -H "Authorization: Bearer YOUR_TOKEN" https://example.com
        curl -H "Authorization: Bearer <token1>" https://example.com
        Authorization: Bearer eyJhbGciOi...
        # "token": "1034190161:AAbcd1234..."
        password: '#/components/schemas/TokenPassword2Body'
        Authorization: Basic dXNlcjpwYXNz
        Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==
        export API_KEY=your_api_key_1
        export OPENAI_API_KEY="sk-..."
        API_KEY=xxxxxxxxxxxxxxxx
        password: see [the guide](guide2.md)
        | `password` | string | the password (8+) |
        | token | `string1` | yes |
        `--password <password1>`  the password
        --token TOKEN1   the token to use
        usage: x [--password PASSWORD2] [--token T1]
        docker run -e POSTGRES_PASSWORD=postgres postgres
        docker run -e MYSQL_ROOT_PASSWORD=my-secret-pw mysql
        mysql -u root -ppassword
        mysql -u root -p shop2
        CREATE USER app IDENTIFIED BY 'password';
        set the `SECRET_KEY` variable to 1
        Your API key looks like `abc123...`
        token (optional): defaults to token1
        """),
    "settings": ("conf/app.properties", r"""
        password.min.length=8
        password.policy=STRONG1
        token.expiration=3600
        token.expiration=PT15M
        security.oauth2.resource.token-info-uri=https://shop.com/x1
        jwt.header=Authorization1
        keystore.path=/etc/keys/shop1.jks
        key.serializer=org.apache.kafka.common.serialization.StringSerializer
        key.deserializer=io.shop.Key2
        spring.datasource.password=
        spring.datasource.password=${DB_PASSWORD1:}
        max_tokens=4096
        token_limit: 128000
        tokenizer=gpt2
        tokenizer: bert-base-uncased2
        pad_token = <pad1>
        password_encryption = scram-sha-256
        ssl_key_file = /etc/ssl/private/x1.key
        auth_method = md5
        authenticator = org.apache.cassandra.auth.PasswordAuthenticator2
        PasswordAuthentication no
        password_hashers = argon2
        secret_store = vault-1
        secretsmanager.region=eu-west-1
        hotkey = ctrl-alt-7
        keyboard = us-104
        monkey = banana12
        passthrough = on1
        compass = north1
        bypass = 10.0.0.0/8
        tokens_per_minute = 90000
        """),
    "test data": ("tests/test_x.py", r"""
        password = "test"
        password = "secret"
        password="testpass123",
        token = "token"
        token="abc123",
        api_key="test-key",
        secret = "shhhh"
        client = Client(api_key="fake-key-123")
        {"username": "user1", "password": "pass1"}
        key = "0123456789abcdef"
        secret = "deadbeefdeadbeefdeadbeefdeadbeef"
        iv = "000102030405060708090a0b0c0d0e0f"
        key = bytes.fromhex("000102030405060708090a0b0c0d0e0f")
        password = "a" * 100
        token = "x" * 40
        password = "密码1"
        password = "correct horse battery staple"
        token = mock.sentinel.token1
        password: 'password123',
        refresh_token: 'refresh-token-1',
        access_token: "mock-access-token1"
        """),
    "python that looks alike": ("a.py", r"""
        password = self.cleaned_data["password1"]
        token = request.META.get("HTTP_X_TOKEN_2")
        assert user.check_password("new-password-1")
        token_regex = r"[A-Za-z0-9]{20}"
        tokens.append(Token(type_=TokenType.STR1, value="abc1"))
        "api_key": {"type": "apiKey", "in": "header2"},
        PASSWORD_RESET_URL = "/accounts/reset1/"
        secret_key = Fernet.generate_key()
        auth = HTTPBasicAuth(user1, password1)
        client.login(username=user1.username, password=pw1)
        raise AuthError("Bearer token malformed: expected 2 parts")
        key = f"{prefix}:{user_id}:v2"
        cache_key = "user_profile_v2_%s" % uid
        sort_key = "created_at_desc2"
        api_key_name = "x-api-key2"
        "title": "Access Token 2"
        password2 = forms.CharField(label="Password confirmation 2")
        error_messages={"password_mismatch2": "x"}
        TOKEN_OBTAIN_SERIALIZER = "rest_framework_simplejwt.serializers.TokenObtainPairSerializer2"
        ordering_key = "a1b2"
        tokenize("a1 b2 c3")
        keywords = "a1, b2"
        keyboard_layout = "qwerty2"
        token = "<|endoftext1|>"
        eos_token="</s2>"
        mask_token = "[MASK2]"
        password = "".join(random.choices(chars, k=12))
        get_secret("projects/x1/secrets/db-password/versions/2")
        password = Variable.get("db_password2")
        SecretStr("")
        secret_id = "prod/db/v2"
        hook = PostgresHook("my_conn_2")
        passwords = [u.password1 for u in users2]
        key_id = "alias/aws/s3"
        kms_key = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        """),
    "typescript that looks alike": ("a.ts", r"""
        password: ['', [Validators.required, Validators.minLength(8)]],
        token: this.cookie.get('XSRF-TOKEN2'),
        headers: { Authorization: getToken2() },
        const authToken = await getAuthToken(user2);
        export const AUTH_TOKEN = 'AUTH_TOKEN2';
        type AuthToken = { token: string; exp2: number };
        <Input type="password" placeholder="Password 8+" autoComplete="current-password" />
        <PasswordInput id="password-input-2" />
        key={`item-${index2}`}
        key="tab-2"
        dataKey="value2"
        accessKey="s2"
        case 'SET_PASSWORD2':
        t('auth.password.reset2')
        i18n.t("password.tooShort8")
        id: 'password-field-2', name: 'password2'
        className="password-wrapper-2"
        if (!token2) throw new Error('No token2');
        expect(res.body.token).toMatch(/^ey2/);
        token = jwt.sign(payload2, process.env.SECRET2)
        apiKey: import.meta.env.VITE_API_KEY_2,
        apiKey: '',
        secretKey: undefined,
        const secret = new Uint8Array(32);
        process.env.API_KEY = process.env.API_KEY2 || ''
        tokenSymbol: 'USDC2',
        tokenAddress: '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48',
        contractKey = "ERC20"
        keyPath: 'id2', autoIncrement: true
        hotkeys: 'ctrl+k2',
        passwordRules: 'minlength: 12; required: upper;',
        router.post('/reset-password2', ctl.reset2)
        path: 'change-password/:token2',
        password$: Observable<string2>;
        """),
    "settings that look alike": ("a.yaml", r"""
        secretName: tls-secret-2
        serviceAccountName: token-reader-1
        key: password2
        name: api-token-2
        keyName: key-2
        - secretRef: { name: app-secrets-v2 }
        passwordSecret: shop-db-2
        imagePullSecrets: [ { name: regcred2 } ]
        automountServiceAccountToken: false
        tokenExpirationSeconds: 3607
        authSecretName: grafana-auth-2
        password: # set in the environment
        password: *default_password2
        password: &default_password2 ${PW}
        password: <%= ENV['PW2'] %>
        token: env(TOKEN_2)
        secret: '%env(APP_SECRET2)%'
        secret: "%kernel.secret2%"
        password: '{{ dbpw2 | b64enc }}'
        password: "{{ secrets/db/pw2 }}"
        key: ${{ runner.os }}-pip-${{ hashFiles('x2') }}
        cache-key: v2-deps-{{ checksum "yarn.lock" }}
        restore-keys: v2-deps-
        key: linux-py3.11-v2
        api_key_env: OPENAI_API_KEY_2
        token_env_var: "GITHUB_TOKEN2"
        license_key_file: /opt/license2.key
        public-key: /etc/keys/pub2.pem
        x-api-key: header2
        securitySchemes: { apiKey: { type: apiKey, name: X-Key2 } }
        description: Password (minimum 12 characters)
        example: pa$$word
        example: "P4ssw0rd"
        default: "{{ password2 }}"
        password: "Please set me 1"
        label: Password2
        """),
    "documents that look alike": ("a.md", r"""
        Set `password` to your password. See chapter2.
        Your token is stored in `~/.config/x2/token`.
        The secret is a 32-character string.
        API key: create one at https://shop.com/keys2
        Token: string1
        password = your password2
        Use `--token` to pass the token2.
        `API_KEY=<your key 2>` must be set
        export TOKEN=ghp_...
        curl -H "Authorization: Bearer $TOKEN2" https://shop.com
        curl -u "$USER2" https://shop.com
        login: user2 / password: (see vault)
        Default password: admin
        Default credentials are admin/admin.
        password: `hunter2`
        Username: `admin`, Password: `admin`
        mysql -u root -p
        docker login -u $DOCKER_USER2 --password-stdin
        | PASSWORD | The password of db2 | `""` |
        | auth.token | token of the app2 | nil |
        - key: the key, e.g. `user:1`
        secret: "s3cr3t"
        password: `p@ssw0rd`
        ssh-keygen -t ed25519 -C "token2"
        openssl rand -base64 32
        openssl genrsa -out key2.pem 2048
        openssl req -new -key server2.key -out x.csr
        Basic realm="shop2"
        Bearer realm="https://auth.shop.com/token2"
        WWW-Authenticate: Basic realm="x2"
        Token-based-authentication2 is used
        keystore password: changeit
        keytool -storepass changeit -alias x2
        password: ••••••••
        Secret Manager v2 is required
        """),
    "sums and parts that are shown": ("a.yaml", r"""
        checksum/secret: §q
        {"kty": "EC", "kid": "§k", "crv": "P-256"}
        "nextPageToken": "§k§s"
        <meta name="google-site-verification" content="§k§s">
        """),
    "put another way": ("a.txt", r"""
        password = (
        engine = create_engine("mysql://root:" + password + "@db/shop")
        ALTER ROLE app PASSWORD :'app_password';
        PASSWORDS = {"alice": alice_password, "bob": ""}
        MESSAGES = {"tokens": ["expired", "revoked", "unknown"]}
        const dsn = `postgres://${user}:${password}@${host}/db`;
        new ethers.Wallet(process.env.KEY)
        """),
    "prose, more": ("README.md", r"""
        Log in with your account / password
        Sign in to the portal/dashboard-v2.1
        | option | password |↵|---|---|↵| default | your-password |
        | key | value |↵|---|---|↵| timeout | 30s |
        """),
}
