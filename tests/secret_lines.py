"""Lines as repositories hold them, by shape: those with a secret, and those that only look like it.

A mark stands for a value that is made up at run time: `§p` a strong password, `§w` a word with a number, `§l` random
lower-case letters, `§s` ten letters and digits, `§k` thirty-two of them, `§h` forty and `§x` thirty-two hexadecimal
characters, `§q` sixty-four, `§b` thirty-two bytes in Base64, `§u` a UUID, `§B` a user and a password in Base64,
`§y` a password and `§E` an address with one in Base64, `§z` a hash as htpasswd holds it; `↵` a new line.
"""

# fmt: off
SECRET = {
    "java": ("src/App.java", r"""
        private static final String PASSWORD = "§p";
        public static final String API_KEY = "§k";
        static String secretKey = "§b";
        ds.setPassword("§l");
        dataSource.setPassword("§s");
        conn = DriverManager.getConnection("jdbc:mysql://db.shop.com/x", "app", "§w");
        String url = "jdbc:sqlserver://db.shop.com;user=sa;password=§s;encrypt=true";
        String url = "jdbc:mysql://db.shop.com/x?user=app&password=§s";
        String url = "jdbc:oracle:thin:app/§s@db.shop.com:1521:orcl";
        new PasswordAuthentication("robot", "§s");
        return new PasswordAuthentication("robot@shop.com", "§p".toCharArray());
        char[] keyStorePassword = "§s".toCharArray();
        System.setProperty("javax.net.ssl.keyStorePassword", "§s");
        env.put(Context.SECURITY_CREDENTIALS, "§s");
        @Value("${jwt.secret:§k}")
        .signWith(SignatureAlgorithm.HS512, "§k")
        Algorithm.HMAC256("§k")
        new SecretKeySpec("§k".getBytes(), "AES");
        new BasicAWSCredentials("§k", "§b");
        session.setPassword("§s");
        auth.inMemoryAuthentication().withUser("boss").password("{noop}§s").roles("ADMIN");
        String accessToken = "§k";
        request.addHeader("X-Api-Key", "§k");
        request.setHeader("Authorization", "Basic §B");
        private String consumerSecret = "§k";
        """),
    "compared": ("src/gate.ts", r"""
        if (password !== "§p") return res.sendStatus(401);
        if ("§w" === req.body.password) {
        if (Objects.equals(password, "§p")) {
        return "§w".equals(req.getParameter("password"));
        if (password.equals("§p")) {
        if hmac.compare_digest(token, "§k"):
        if (timingSafeEqual(Buffer.from(token), Buffer.from("§k"))) {
        if passwd in ("§w", "other"):
        authenticate { |u, p| u == "admin" && p == "§s" }
        if (hash_equals("§k", $token)) {
        """),
    "handed to a library": ("src/clients.py", r"""
        twilio_client = TwilioClient(sid, "§x")
        client = twilio.rest.Client(os.environ["SID"], "§x")
        ssh.connect(host, 22, "deploy", "§p")
        ftp = FTP("ftp.shop.com", "deploy", "§p")
        provider = PlainTextAuthProvider("app", "§p")
        s3 = Minio("s3.shop.com", "shop", "§k")
        psycopg2.connect("host=db user=app password=§p")
        app.use(session({ resave: false, secret: "§p" }))
        app.use(cookieParser("§k"))
        URLSafeTimedSerializer("§k")
        """),
    "kotlin and scala": ("app/Main.kt", r"""
        const val CLIENT_SECRET = "§k"
        val password: String = "§s"
        buildConfigField("String", "API_KEY", "\"§k\"")
        storePassword = "§s"
        keyPassword "§s"
        """),
    "python": ("app/main.py", r"""
        SECRET_KEY = 'django-insecure-§k§h'
        app.secret_key = b'§k'
        app.config['SECRET_KEY'] = '§k'
        app.config["JWT_SECRET_KEY"] = "§s"
        PASSWORD = "§w"
        password="§l"
        DB_PASS = "§s"
        TOKEN = os.environ.get("BOT_TOKEN", "§k")
        KEY = os.getenv('API_KEY') or '§k'
        API_KEY = config("API_KEY", default="§k")
        secret: str = Field(default="§k")
        parser.add_argument("--password", default="§s")
        conn = psycopg2.connect("dbname=shop user=app password=§s host=db.shop.com")
        conn = pymysql.connect(host="db.shop.com", user="root", passwd="§l", db="shop")
        smtp.login("robot@shop.com", "§s")
        client = Client(auth=("robot", "§s"))
        r = requests.get(URL, auth=("robot", "§s"))
        headers = {"Authorization": "Bearer §k"}
        headers = {"Authorization": "Token §h"}
        headers = {"X-API-KEY": "§k"}
        jwt.encode(payload, "§k", algorithm="HS256")
        hmac.new(b"§k", body, hashlib.sha256)
        Fernet(b"§b")
        cipher = AES.new("§k", AES.MODE_CBC, iv)
        "PASSWORD": "§s",
        'consumer_key': '§k',
        client.authenticate("robot", "§s")
        User.objects.create_superuser("boss", "boss@shop.com", "§s")
        self.client.login(username="boss", password="§s")
        data = {"username": "boss", "password": "§w"}
        twitter_access_token_secret = "§k"
        salt = "§k"
        access_token = (↵    "§k"↵)
        webhook_secret = '''§k'''
        ssh.connect(host, username="root", password="§s")
        """),
    "javascript": ("src/app.js", r"""
        const API_KEY = '§k';
        var password = "§s";
        let secret = `§k`;
        apiKey: "§x",
        'client-secret': '§k',
        "authToken": "§h",
        password: '§w',
        process.env.JWT_SECRET || "§s"
        process.env.TOKEN ?? '§k',
        app.use(session({ secret: '§l', resave: false }));
        jwt.sign({ id: user.id }, '§k', { expiresIn: '1h' });
        jwt.verify(token, "§k");
        mongoose.connect('mongodb://app:§s@cluster.shop.com/x');
        mysql.createConnection({ host: 'db.shop.com', user: 'root', password: '§s' });
        new Sequelize('shop', 'app', '§s', { dialect: 'postgres' });
        headers: { 'x-api-key': '§k' },
        axios.defaults.headers.common['Authorization'] = 'Bearer §k';
        fetch(`https://api.shop.com/v1/x?api_key=§k&q=1`);
        crypto.createHmac('sha256', '§k')
        CryptoJS.AES.encrypt(text, '§k')
        client.login('§k');
        auth: { user: 'robot@shop.com', pass: '§s' }
        pass: "§l",
        cookieParser('§k')
        accessKeyId: '§k', secretAccessKey: '§b',
        firebase.auth().signInWithEmailAndPassword('boss@shop.com', '§s')
        const config = { token: '§k', prefix: '!' };
        private_key: '§q',
        const PRIVATE_KEY = "0x§q";
        """),
    "go": ("main.go", r"""
        const apiKey = "§k"
        password := "§s"
        var jwtSecret = []byte("§k")
        Password: "§s",
        Token:    "§k",
        os.Setenv("API_TOKEN", "§k")
        req.SetBasicAuth("robot", "§s")
        req.Header.Set("Authorization", "Bearer §k")
        req.Header.Add("X-Auth-Token", "§x")
        dsn := "root:§s@tcp(db.shop.com:3306)/shop"
        dsn := "host=db.shop.com user=app password=§s dbname=shop sslmode=disable"
        flag.String("password", "§s", "the password")
        smtp.PlainAuth("", "robot@shop.com", "§s", "mail.shop.com")
        credentials.NewStaticCredentials("§k", "§b", "")
        secret = getEnv("APP_SECRET", "§k")
        """),
    "c sharp": ("Startup.cs", r"""
        "Server=db.shop.com;Database=shop;User Id=sa;Password=§s;"
        private const string ApiKey = "§k";
        new NetworkCredential("robot", "§s")
        var password = "§w";
        new SymmetricSecurityKey(Encoding.UTF8.GetBytes("§k"))
        Data Source=db.shop.com;Initial Catalog=x;uid=sa;pwd=§s;
        client.DefaultRequestHeaders.Add("Ocp-Apim-Subscription-Key", "§x");
        public string ClientSecret { get; set; } = "§k";
        Credentials = new BasicAuthenticationCredentials("robot", "§s"),
        """),
    "php": ("wp-config.php", r"""
        define('DB_PASSWORD', '§s');
        define( 'AUTH_KEY',         '§k§p' );
        define('SECURE_AUTH_SALT', '§k§p');
        $password = "§s";
        $config['password'] = '§l';
        'password' => env('DB_PASSWORD', '§s'),
        'secret' => '§k',
        "api_key" => "§k",
        $db = new PDO('mysql:host=db.shop.com;dbname=x', 'root', '§s');
        mysql_connect("db.shop.com", "root", "§s");
        $mail->Password = '§s';
        const SECRET = '§k';
        $this->token = '§x';
        public $apiKey = '§k';
        curl_setopt($ch, CURLOPT_USERPWD, "robot:§s");
        """),
    "ruby": ("config/x.rb", r"""
        config.secret_key = '§q§q'
        Rails.application.config.secret_token = '§q'
        password: "§s"
        :api_key => "§k",
        ENV['TOKEN'] ||= '§k'
        http.basic_auth 'robot', '§s'
        request.basic_auth("robot", "§s")
        Stripe.api_key = "§k"
        user = User.create!(email: 'boss@shop.com', password: '§s', password_confirmation: '§s')
        """),
    "c, swift and others": ("src/net.c", r"""
        #define WIFI_PASSWORD "§s"
        #define API_TOKEN "§k"
        const char* password = "§s";
        const char *ssid_psk = "§s";
        let apiKey = "§k"
        NSString *const kApiSecret = @"§k";
        static const char auth_token[] = "§k";
        my $password = '§s';
        local password = "§s"
        final String apiKey = '§k';
        let password: &str = "§s";
        """),
    "shell": ("deploy.sh", r"""
        export DB_PASSWORD='§s'
        export AWS_SECRET_ACCESS_KEY=§b
        PASSWORD=§l
        API_KEY="§k"
        TOKEN=${TOKEN:-§k}
        : "${DB_PASS:=§s}"
        mysql -u root -p§s shop < dump.sql
        mysql --user=root --password=§s shop
        PGPASSWORD=§s psql -h db.shop.com -U app
        sshpass -p §s ssh root@host
        sshpass -p "§p" scp x root@host:
        curl -u robot:§s https://api.shop.com
        curl --user "robot:§s" https://api.shop.com
        curl -H "Authorization: Bearer §k" https://api.shop.com
        curl -H 'X-Api-Key: §k' https://api.shop.com
        curl -H "PRIVATE-TOKEN: §k" https://git.shop.com/api/v4/projects
        curl "https://api.shop.com/x?token=§k"
        curl -d 'username=boss&password=§s' https://api.shop.com
        curl -d '{"user": "boss", "password": "§s"}' https://api.shop.com
        docker login -u robot -p §s hub.shop.com
        docker run -e MYSQL_ROOT_PASSWORD=§s mysql
        helm install x --set auth.password=§s
        redis-cli -a §s ping
        echo "robot:§s" | chpasswd
        openssl enc -aes-256-cbc -k §s
        openssl enc -pass pass:§s
        az login -u robot -p §s
        wget --password=§s https://shop.com/x
        git clone https://robot:§s@git.shop.com/x.git
        set DB_PASSWORD=§s
        $env:API_KEY = "§k"
        net use x: \\server\share /user:robot §s
        ldapsearch -x -D cn=admin -w §s
        mongo -u root -p §s
        twine upload -u robot -p §s dist/*
        """),
    "properties and ini": ("conf/application.properties", r"""
        spring.datasource.password=§s
        db.password = §l
        jwt.secret=§k
        spring.mail.password: §w
        javax.net.ssl.trustStorePassword=§s
        hibernate.connection.password §s
        aws.secretKey=§b
        oauth.clientSecret=§u
        password=§s
        passwd: §s
        ansible_ssh_pass=§s
        ansible_become_password=§s
        web1 ansible_host=10.0.0.5 ansible_user=root ansible_password=§s
        sonar.login=§h
        smtp_pass = §s
        admin_password = "§s"
        requirepass §s
        bindpw §s
        """),
    "dotenv": (".env", r"""
        DB_PASSWORD=§s
        SECRET_KEY="§k"
        JWT_SECRET=§l
        APP_KEY=base64:§b
        MAIL_PASSWORD='§p'
        STRIPE_SECRET=§k
        export API_TOKEN=§k
        TWILIO_AUTH_TOKEN=§x
        DATABASE_URL=postgres://app:§s@db.shop.com:5432/shop
        REDIS_URL=redis://:§s@cache.shop.com:6379/0
        CELERY_BROKER_URL=amqp://app:§s@mq.shop.com//
        MAILGUN_API_KEY=§x
        SESSION_SECRET=§u
        """),
    "yaml": ("config/app.yml", r"""
        password: §s
        password: "§p"
        secret: §k
        apiKey: '§k'
        db_pass: §l
        - DB_PASSWORD=§s
        - "API_TOKEN=§k"
        POSTGRES_PASSWORD: §s
        MYSQL_ROOT_PASSWORD: "§w"
        client-secret: §k
        access_token: §h
        secret_key_base: §q§q
        ansible_ssh_pass: §s
        adminPassword: §s
        uri: mongodb://app:§s@db.shop.com/x
        - name: DB_PASSWORD↵  value: "§s"
        - name: API_KEY↵  value: §k
        password: >-↵  §s
        { user: boss, password: §s }
        token: "§k"   # of the bot
        """),
    "kubernetes secret": ("deploy/secret.yaml", r"""
        apiVersion: v1↵kind: Secret↵metadata: {name: shop}↵data:↵  password: §y
        kind: Secret↵type: Opaque↵data:↵  DB_PASS: "§y"↵
        kind: Secret↵stringData:↵  db-password: §s
        """),
    "json": ("appsettings.json", r"""
        "password": "§s",
        "Password": "§l"
        "apiKey": "§k",
        "client_secret": "§k",
        "secretAccessKey": "§b",
        "token": "§h",
        "ConnectionString": "Server=db.shop.com;Database=x;User=sa;Password=§s"
        "DATABASE_PASSWORD": "§w",
        "auth": "§B",
        "aws_secret": "§b",
        {"name": "API_KEY", "value": "§k"},
        {"key": "password", "value": "§s", "type": "string"},
        "Authorization": "Basic §B"
        """),
    "xml": ("conf/context.xml", r"""
        <password>§s</password>
        <property name="password" value="§s"/>
        <property name="hibernate.connection.password">§s</property>
        <add key="ApiKey" value="§k" />
        <Resource name="jdbc/x" username="app" password="§s" url="jdbc:mysql://db.shop.com/x"/>
        <connectionStrings><add name="x" connectionString="Data Source=db;User ID=sa;Password=§s" /></connectionStrings>
        <string name="google_api_key">§k</string>
        <user username="admin" password="§s" roles="manager-gui"/>
        <entry key="db.password">§s</entry>
        <bean><property name="password"><value>§s</value></property></bean>
        <clientSecret>§k</clientSecret>
        <param name="secret" value="§k"/>
        <setting name="Password" serializeAs="String"><value>§s</value></setting>
        <machineKey validationKey="§q§q" decryptionKey="§q" />
        """),
    "infrastructure": ("main.tf", r"""
        password = "§s"
        master_password   = "§p"
        secret_key = "§b"
        admin_password = var.x != "" ? var.x : "§s"
        token = "§k"
        api_token = "§k"
        auth_token = "§u"
        """),
    "docker": ("Dockerfile", r"""
        ENV DB_PASSWORD=§s
        ENV API_TOKEN §k
        ARG NPM_TOKEN=§k
        ENV A=1 MYSQL_ROOT_PASSWORD=§s B=2
        RUN echo 'root:§s' | chpasswd
        RUN curl -u robot:§s https://shop.com/x
        """),
    "sql": ("init.sql", r"""
        CREATE USER 'app'@'%' IDENTIFIED BY '§s';
        CREATE USER app WITH PASSWORD '§s';
        CREATE LOGIN app WITH PASSWORD = '§s';
        ALTER USER app WITH ENCRYPTED PASSWORD '§s';
        GRANT ALL ON shop.* TO 'app'@'%' IDENTIFIED BY '§l';
        SET PASSWORD FOR 'app'@'%' = PASSWORD('§s');
        INSERT INTO users (login, password) VALUES ('boss', '§s');
        """),
    "words": ("README.md", r"""
        password: §s
        Password is `§s`
        - **API key**: `§k`
        | admin | password: §s |
        login: boss / password: §s
        Username: boss, Password: §s
        The token is §k
        user/pass: boss/§s
        """),
    "ci": (".github/workflows/x.yml", r"""
        NPM_TOKEN: §k
        run: curl -H "Authorization: token §h" https://api.shop.com
        env: { API_KEY: "§k" }
        password: §s
        """),
    "credential files": (".netrc", r"""
        machine api.shop.com login robot password §s
        password §s
        """),
    "pgpass": (".pgpass", r"""
        db.shop.com:5432:shop:app:§s
        """),
    "npmrc": (".npmrc", r"""
        //npm.shop.com/:_authToken=§u
        //npm.shop.com/:_password=§y
        _auth=§B
        """),
    "pypirc": (".pypirc", r"""
        password = §s
        """),
    "htpasswd": (".htpasswd", r"""
        boss:§z
        """),
    "git credentials": (".git-credentials", r"""
        https://robot:§s@git.shop.com
        """),
    "tests": ("tests/test_x.py", r"""
        password = "§s"
        client = Client(token="§k")
        headers = {"Authorization": "Bearer §k"}
        API_KEY = "§x"
        """),
    "java, more": ("A.java", r"""
        private String dbPwd="§s";
        @Value("${app.jwtSecret:§s}") private String s;
        props.setProperty("mail.smtp.password", "§s");
        properties.put("hibernate.connection.password", "§l");
        builder.setOAuthConsumerSecret("§k");
        builder.setOAuthAccessToken("§k");
        new UsernamePasswordToken("boss", "§s");
        .basicAuth("robot", "§s")
        given().auth().preemptive().basic("robot", "§s").get("/x");
        Twilio.init("§x", "§x");
        driver.findElement(By.id("password")).sendKeys("§s");
        hikari.addDataSourceProperty("password", "§s");
        AuthToken token = AuthToken.of("§k");
        .withCredentials(new AWSStaticCredentialsProvider(new BasicAWSCredentials("§k","§b")))
        String pass = "§s";
        final String TOKEN="§h";
        ftp.login("robot","§s");
        session = jsch.getSession("root", host, 22); session.setPassword("§l");
        static final byte[] SALT = "§s".getBytes();
        KeyStore ks; ks.load(in, "§s".toCharArray());
        """),
    "python, more": ("a.py", r"""
        bot = telegram.Bot(token='§k')
        MAIL_PASSWORD: "§s"
        conn = MySQLdb.connect("db.shop.com","root","§s","shop")
        cnx = mysql.connector.connect(user='root', password='§s', host='db')
        openai.api_key = "§k"
        stripe.api_key="§k"
        TWITTER = dict(consumer_key='§k', consumer_secret='§k')
        EMAIL_HOST_PASSWORD = '§s'
        app.config['MAIL_PASSWORD'] = "§l"
        s.headers.update({'Authorization': 'token §h'})
        session.auth = ('boss', '§s')
        redis.Redis(host='cache', port=6379, password='§s')
        paramiko.Transport((h, 22)).connect(username='root', password='§w')
        'NAME': 'shop', 'USER': 'app', 'PASSWORD': '§s', 'HOST': 'db',
        engine = create_engine('mysql+pymysql://root:§s@db.shop.com/shop')
        pwd_context = "§s"
        db_password = "§s" if PROD else ""
        API_SECRET_KEY='§b'
        encryption_key = b"§k"
        payload = {'grant_type': 'password', 'username': 'boss', 'password': '§s'}
        key = serialization.load_pem_private_key(data, password=b"§s")
        login(page, "boss@shop.com", "§s")
        os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "§b")
        monkeypatch.setenv("API_TOKEN", "§k")
        cli.invoke(main, ["--token", "§k"])
        assert decode(token, key="§k")
        ACCESS_TOKENS = ["§k", "§k"]
        PASSWORDS = ["§s"]
        client_id, client_secret = "§k", "§k"
        """),
    "javascript, more": ("a.js", r"""
        const jwtSecret = "§l";
        module.exports = { secret: "§s" };
        export const environment = { production: true, apiKey: '§k' };
        passport.use(new GoogleStrategy({ clientID: 'x', clientSecret: '§k' }));
        request.headers["Authorization"] = "Bearer §k";
        req.setRequestHeader('X-Auth-Token', '§k');
        $.ajaxSetup({ headers: { 'X-API-Token': '§h' } });
        const sgMail = require('x'); sgMail.setApiKey('§k');
        new Client({ connectionString: 'postgres://app:§s@db.shop.com/x' })
        cy.get('#password').type('§s')
        await page.type('input[name=password]', '§s');
        var pwd = '§s', user = 'boss';
        const {SECRET = '§k'} = process.env;
        let pass = process.env.PASS || "§w";
        cloudinary.config({ cloud_name: 'x', api_key: '123', api_secret: '§k' });
        Authorization: `Basic ${Buffer.from('robot:§s').toString('base64')}`
        const accessToken = '§k'
        "password":"§s","username":"boss"
        user.password = '§s';
        localStorage.setItem('token', '§k');
        """),
    "settings and commands": ("a.txt", r"""
        <add key="EncryptionKey" value="§b"/>
        password = "§s"
        adminpw=§s
        rootpw §s
        secret=§k
        api.key=§k
        SonarToken=§h
        key.secret: §s
        token=§h
        db.default.password="§s"
        <property name="javax.persistence.jdbc.password" value="§s"/>
        <jdbc:password>§s</jdbc:password>
        <Password>§s</Password><User>boss</User>
        SMTP_PASS='§s'
        wpa_passphrase=§s
        psk="§s"
        psk=§q
        auth-user-pass §s
        enable secret §s
        snmp-server community §s RO
        -Dsonar.password=§s
        -Djavax.net.ssl.keyStorePassword=§s
        mvn deploy -Dpassword=§s
        /p:Password=§s
        --from-literal=password=§s
        kubectl create secret generic x --from-literal=token=§k
        http --auth boss:§s https://shop.com
        ansible-playbook x.yml -e "db_password=§s"
        java -jar x.jar --spring.datasource.password=§s
        psql "host=db user=app password=§s"
        rabbitmqctl add_user app §s
        htpasswd -b .htpasswd boss §s
        useradd -p §s boss
        export PGPASSWORD="§s"
        echo §s | sudo -S ls
        echo "§s" | docker login -u robot --password-stdin
        """),
    "yaml, more": ("a.yaml", r"""
        spring: { datasource: { password: '§s' } }
        token: §k
        "password": "§s"
        - { name: SECRET_KEY, value: "§k" }
        - name: TOKEN↵          value: "§k"
        adminPassword: "§s"
        rabbitmq-password: §s
        auth:↵  rootPassword: §s
        connectionString: "Server=db;User Id=sa;Password=§s;"
        github_token: §h
        slack_api_token: '§k'
        jwt: { secret: §k, expires: 3600 }
        args: ["--password", "§s"]
        args: ["--token=§k"]
        command: redis-server --requirepass §s
        environment: [ "DB_PASSWORD=§s" ]
        secret-key-base: §q
        stringData:↵  token: §k
        encryptionKey: §b
        vars: {ansible_password: §s}
        """),
    "other languages": ("a.go", r"""
        client := New(Config{APIKey: "§k", Secret: "§k"})
        token = flag.String("token", "§k", "x")
        auth := smtp.PlainAuth("", user, "§s", host)
        "password": []string{"§s"},
        jwt.NewWithClaims(m, c).SignedString([]byte("§k"))
        sarama.Config.Net.SASL.Password = "§s"
        ("Authorization", "Basic §B")
        let secret = b"§k";
        .header("Authorization", "Bearer §k")
        $config->set('api_secret', '§k');
        $client->setClientSecret('§k');
        "pwd" => "§s",
        $conn = mysqli_connect($host, $user, "§s");
        $dbpass = "§s";
        DB::connection(['password' => '§s']);
        ldap_bind($c, "cn=admin", "§s");
        Octokit::Client.new(access_token: "§h")
        Net::SSH.start('host', 'root', password: "§s")
        set :deploy_password, '§s'
        let token: String = "§k"
        static let apiSecret = "§k"
        options.Password.Value = "§s";
        services.AddJwt(key: "§k");
        builder.Password = "§s";
        SecureString pw = ToSecure("§s");
        $cred = New-Object PSCredential("boss", (ConvertTo-SecureString "§s" -AsPlainText -Force))
        $password = ConvertTo-SecureString -String "§s" -AsPlainText
        password => '§s',
        set password="§s"
        Sys.setenv(API_KEY = "§k")
        (def api-key "§k")
        password: "§s"
        {password, "§s"}
        config :app, secret_key_base: "§q"
        {:password, "§s"}
        """),
    "in places of their own": ("a.txt", r"""
        conn.simple_bind_s("cn=admin,dc=shop", "§p")
        USERS = {"root": "§p", "ops": "§s"}
        if request.headers["X-Api-Key"] != "§k": abort(403)
        redis:auth("§p")
        CREATE ROLE app LOGIN PASSWORD '§s';
        vault login s.§s§s
        http -a robot:§s POST https://api.shop.com/x
        """),
    "prose about machines": ("NOTES.md", r"""
        Log in to staging as `demo` with the password `§k`.
        vpn: alice / §p
        Root password for the NAS: §k
        """),
    "put another way": ("a.txt", r"""
        engine = create_engine("mysql+pymysql://root:" + "§s" + "@db/shop")
        password = ("§s"
        pool.query("ALTER USER app PASSWORD '§s'")
        ALTER ROLE app PASSWORD '§w';
        ALTER USER root IDENTIFIED WITH mysql_native_password BY '§s';
        SET PASSWORD FOR 'u'@'%' = '§s';
        mysql -uroot -p'§s'
        basicAuth: §B
        Keys.hmacShaKeyFor("§q".getBytes())
        new ethers.Wallet("0x§q")
        encryption_key = bytes.fromhex("§q")
        mqtt.username_pw_set("dev", "§s")
        PASSWORDS = {"alice": "§s", "bob": "§p"}
        const dsn = `postgres://app:§s@${host}/db`;
        amqp://app:§s#@mq.shop.com
        sql.Open("mysql", "root:§s@/x")
        """),
    "prose, more": ("README.md", r"""
        Log in with admin / §s
        | user | password |↵|---|---|↵| admin | §s |
        """),
    "wrapped": ("x.yaml", r"""
        kind: Secret↵data:↵  DATABASE_URL: §E↵
        """),
}
