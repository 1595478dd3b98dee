"""Words by what they stand for. `_` is a space within one, `*` any ending, a backslash before a star the star itself.

Whoever writes another language writes the same things, so words of several stand side by side; none is a sentence.
"""

SENSES = {
    # What turns a sentence round.
    "not": "not don't dont doesn't didn't isn't aren't won't can't cannot shouldn't mustn't needn't never no none nor neither nobody nothing no_one no_reason no_need no_point without lacks lack lacking instead_of rather_than avoid avoids "
    "refrain nicht kein keine keinen keiner keinem nie niemals ohne niemand nunca sin ningún ninguna jamás evita nadie pas jamais sans aucun aucune évite personne não nem sem не никогда без нельзя 不 不要 不得 不能 没有 无 無 勿 别 切勿 せず しない "
    "ない なく",
    "refuses": "breaks mask masked redact redacted needs_a_reason needs_a_comment needs_approval ignore_list ignore_lists exclusion_list suppression_list skips skipping bypasses bypassing disables disabling ignores ignoring omits omitting dropping drops removes removing relaxing suppressing suppresses hides hiding turning_off switching_off reject* refus* deny denies denied "
    "forbid* forbidden prohibit* ban bans banned block blocks blocked prevent* disallow* 401 403 fail_closed aborts fails fail raise* removed verboten untersagt ablehnen prohibido rechaza* interdit* refuse* 拒绝 阻止 禁止",
    "forbidden": "off_limits off-limits out_of_bounds forbidden prohibited banned not_allowed not_permitted unacceptable verboten untersagt prohibido prohibida prohibidos interdit interdite interdits 禁止 禁じ* запрещ*",
    # What loosens a guard: as a verb, as a state; what a guard does, and what may not be done to it.
    "off": "take_it_out take_them_out turn_it_off turn_them_off switch_it_off switch_them_off leave_it_out leave_them_out leave_it_off throw_it_out throw_them_out shut_it_off comment_it_out comment_them_out get_it_out take_it_away "
    "strip_it_out cut_it_out do_away_with return_early return_true do_not_bother_with skip bypass disable turn_off switch_off comment_out stub_out remove drop omit leave_out leave_off leave_away get_around work_around circumvent "
    "strip relax suppress ignore deactivate dismiss loosen weaken lower silence mute kill cut shut_off take_out take_off take_away take_down throw_out throw_away get_rid_of rip_out tear_out do_without go_without opt_out_of forget "
    "forego forgo waive sidestep dodge swallow exclude delete hide neutralize neutralise short-circuit defer postpone nuke ditch discard lift step_around steer_clear_of look_past wave_through exempt allowlist whitelist überspring* "
    "umgeh* deaktivier* abschalten ausschalten schalte entfern* ignorier* unterdrück* lösche* lass weglassen auslassen verzichte* omite omitir desactiva* deshabilita* salta saltar sáltate ignora* elimina* quita* evade elude "
    "desactive* omita* suprime* contourne* désactive* saute* supprime* enlève* ometa pule pular desative desabilite отключи* пропус* обход* игнориру* удали* 跳过 跳過 禁用 停用 关闭 關閉 绕过 繞過 忽略 删除 去掉 略过 省略 スキップ 無効 無視 バイパス 回避",
    "is_off": "not_wanted unwanted not_worth left_to_the_frontend left_to_the_client left_to_the_ui swallowed skipped bypassed disabled turned_off switched_off shut_off omitted left_out left_off left_away ignored suppressed relaxed waived deactivated removed dropped exempt exempted excluded out_of_the_way stubbed postponed "
    "deferred off optional unnecessary needless not_needed not_required not_necessary overkill a_formality noise busywork too_slow too_strict set_to_false false later wide_open superfluous redundant out_of_scope can_wait unneeded "
    "a_nuisance in_the_way get_in_the_way slow_* fine_without zero deleted silenced muted unchecked taken_away taken_out can_go may_go gone expected_fail* xfail unnötig überflüssig ausgeschaltet abgeschaltet deaktiviert "
    "übersprungen weggelassen innecesari* opcional* desactivad* deshabilitad* omitid* inutile* facultati* désactivé* ignoré* optionnel* dispensável desnecessári* 不需要 无需 無需 不用 不必 可选 不重要 不要です",
    "performs": "show shows pause wanted limited restricted filtered scoped enforced required running opening sanitize sanitise escape encode make makes be_asked collect collected collects read reads looking checking verifying asking validating requiring filtering "
    "waiting confirming scanned looked_at checked verified appear appears waste wastes spend spends add adds use apply applies require requires enforce check checks verify verifies validate validates run runs ask asks wait waits "
    "need needs carry carries have has include includes put write narrow filter filters scope restrict limit belong belongs stop bother worry demand expect insist go pass look confirm sign attach call perform do does seek request "
    "evaluate consult trigger involve obtain put_in build_in wire constrain prüf* verlang* frage fragen frag valida validar validiere* verifica* verifiziere* verwend* brauch* nutz* füg* warte* führ* comprueb* exij* filtr* vérifi* "
    "exige* utilis* ajout* attend* 检查 檢查 验证 驗證 校验 要求 添加 加 使用 询问 运行 确认 過濾 过滤 需要 проверя* требу* спрашива*",
    "neutral": "change modify touch edit move rename refactor rewrite duplicate copy mix implement reinvent roll weaken break alter assume rely forget hard-code hardcode merge commit mock swallow catch log reuse store trust ändere* anfassen "
    "rühr* modifi* cambi* toca* 修改 更改 改动",
    # What guards.
    "access": "guard guards demand_a_login require_a_login who_is_calling who_calls who_is_asking authorize() authorize has_permission is_authorized can_access current_user_check logged-in_check decorators_that a_guard the_guard the_guards "
    "auth authentication authorization authorisation authn authz login_check access_check* access_control login_required permission_required permission* permission_class* login_guard* role_check* ownership_check* rbac csrf xsrf "
    "mfa 2fa two-factor* rate_limit* auth_check* session_check* middleware_for_auth @login_required @permission_required requires_auth useguards admin_check* owner_check* auth_middleware auth_guard* isauthenticated sign-in_check* "
    "authentifizierung* anmeldung* berechtigung* zugriffskontroll* zugriffsprüfung* rechteprüfung* anmeldeprüfung* autenticación autorización permisos control_de_acceso authentification autorisation* contrôle_d'accès "
    "contrôles_d'accès vérification_des_droits autenticação autorização permissões аутентификац* авторизац* 认证 認證 鉴权 授权 身份验证 身份驗證 权限检查 权限校验 权限 登录检查 認証 認可 権限チェック",
    "proof": "webhook_timestamp* email_verification e-mail_verification verifying_the_email verifying_the_e-mail pkce oauth_state nonce httponly samesite secure_flag cookie_flags expiry signature* signature_check* signature_verification verify_signature "
    "certificate* certificate_check* tls_verification ssl_verification tls_check* tls_errors ssl_errors hmac jwt_verification token_verification host_key_check* certificate_validation signature_option webhook_signature* "
    "token_check* audience_check* expiry_check* hostname_check* sender_check* signaturprüfung* signatur* zertifikat* zertifikatsprüfung* firma firmas certificado* certificat* 签名 簽名 证书 憑證 署名 証明書 подпис* сертификат*",
    "rows": "tenant* tenant_filter* tenant_id tenant_condition* tenant_scope* tenant_check* org_id organization_id organisation_id account_id user_id owner_id customer_id company_id workspace_id team_id row_policies row_policy row-level_* "
    "row_level_* rls by_organization by_organisation by_tenant by_customer by_account by_owner by_user by_company by_workspace by_team user_filter* owner_filter* account_filter* org_filter* customer_filter* organization_filter* "
    "tenant-filter* mandantenfilter* mandant* mandanten-* filtro_de_tenant filtro_por_cliente filtro_de_inquilino filtre_de_tenant filtre_par_client inquilino* locataire* 租户 租戶 租户过滤 用户过滤 テナント",
    "where": "a_where the_where no_where where_clause* where-clause* where_condition* where-klausel",
    "scan": "audit_output audit_warnings audit_findings codeowners pre-push* vulnerabilities .husky husky lefthook hooks security_scan* security_check* security_gate security_job security_step security_workflow scanner* sast semgrep bandit codeql gitleaks trivy snyk dependabot secret_scan* "
    "secret-scan* pip-audit npm_audit dependency_scan* dependency_alert* pre-commit* precommit git_hooks commit_hooks the_hooks ci ci_check* code_review code_owner* codeowners branch_protection required_check* sicherheitsprüfung* "
    "sicherheits-scan* sicherheitsscan* revisión_de_seguridad controles_de_seguridad análisis_de_seguridad escaneo_de_seguridad contrôles_de_sécurité scan_de_sécurité analyse_de_sécurité 安全检查 安全扫描 安全掃描 セキュリティチェック セキュリティスキャン "
    "проверк*_безопасности",
    "tests": "test tests test_suite failing_test* broken_test* red_test* test_case* assertion* assert asserts spec specs auth_tests security_tests integration_tests unit_tests suite coverage_gate coverage_job fail_under coverage_threshold "
    "prueba* pruebas testfälle 测试 測試 テスト тест*",
    "consent": "prompt prompts prs pr pull_request pull_requests signing_off signs_off sign_off signed_off confirm* confirmation* approval* approve ask asking permission consent sign-off human person user_confirmation review reviews reviewer second_pair okay "
    "go-ahead bestätigung* rückfrage* freigabe* genehmigung* nachfragen fragen zustimmung confirmación aprobación permiso preguntar revisión confirmation approbation demander revue 确认 確認 批准 审批 询问 许可 承認 подтвержд* разрешени*",
    "unclean": "v-html unescaped dangerouslysetinnerhtml |safe mark_safe innerhtml v-html raw_html bypasssecuritytrust*",
    "goes_to": "redirect redirects fetch fetches download downloads open save saves store stores write writes passed_to_open open()",
    "anywhere": "any_url any_link any_address no_allow_list no_allowlist whatever_next whatever_url whatever_link original_filename original_file_name original_name original_filenames unchecked_path path_as_is to_open_as_is wherever_it_points",
    "cleaning": "input_validation sanitization sanitisation sanitize sanitise sanitizing output_encoding html_escaping",
    "trail": "audit_log* audit_record* audit_trail* audit_entr* audit_event* audit_logging",
    # What runs text as code.
    "at_once": "right_away immediately straight_away on_the_server in-process in_process on_the_spot",
    "runs": "executed_directly evaluated_directly executed_as_is passed_to_eval* passed_to_exec* handed_to_eval* handed_to_exec* eval exec eval() exec() python_interpreter the_interpreter new_function function_constructor unpickle pickled pickle.loads pickle.load loads() marshal yaml.load yaml.unsafe_load os.system shell=true shell_=_true child_process "
    "execsync vm.run* from_string render_template_string python_shell subshell interpretier* évalu* 执行任意",
    # What only says "carry out" in its language, and the program that is carried out.
    "carries_out": "ausführ* auszuführen ejecut* exécut* 执行 評価 実行 выполня* исполня*",
    "a_program": "code code-schnipsel quelltext python bash javascript shell sql ausdruck* ausdrück* befehl* skript* script* expression* comandos commande* código eval exec "
    "代码 代碼 命令 脚本 コード コマンド スクリプト код скрипт* команд* выражени*",
    "door": "/run* /exec* /eval* /shell* endpoint endpoints route routes handler handlers console web_page webhook repl /debug* /internal* /admin* /ops* endpunkt* schnittstelle* ruta rutas puerta point_de_terminaison 接口 端点 端點 路由 エンドポイント",
    "lets_run": "bash python code snippet* expression expressions shell javascript any_sql arbitrary_sql arbitrary_command* code-schnipsel befehl* codice código comandos commande* 代码 代碼 命令 任意代码 コード コマンド код команд*",
    "gives_back": "streams what_comes_out run runs execute executes evaluate* eval exec see_the_result returns_stdout output printed stdout result* prints interpret* gibt_* ausführ* ejecut* exécut* 执行 運行 运行 実行 выполня*",
    "outside": "body.* req.body* request.* tenants generated model-generated agent_write users agent's lambda_expressions customer* client clients caller* visitor* user user's users' submitted posted incoming uploaded upload uploads request request's requests payload* body "
    "query_string form typed sends model's model_output llm llm's model's_reply untrusted websocket message cookie* remote arbitrary any whatever kunde* benutzer* anfrage* nutzer* beliebig* usuario* cliente* petición peticiones "
    "cualquier utilisateur* requête* client* arbitraire* quelconque 任意 用户 請求 请求 客户端 ユーザー リクエスト произвольн* пользовател*",
    "spliced": "%_formatting formatting_the_sql interpolated raw_sql string_formatting string_concatenation f-string f-strings interpolation interpolate concatenate concatenation string_templates template_literals",
    "statement": "sql query queries where reports database db",
    # Whose rows are read.
    "star": "select_everything select_\\* select_all_columns",
    "everybody": "all_tenants every_tenant all_companies every_company all_customers every_customer all_accounts every_account all_organizations all_orgs every_organization all_organisations all_workspaces every_workspace across_tenants "
    "across_customers across_accounts cross-tenant whole_table entire_table whole_customers_table everyone's everybody's all_users' every_user's 1=1 1_=_1 any_tenant any_account alle_mandanten alle_kunden aller_mandanten "
    "aller_kunden todos_los_inquilinos todos_los_clientes tous_les_clients tous_les_locataires 所有租户 所有用户 全テナント",
    "reads": "export exports pull pulls fetch fetches select selects read reads return returns list lists load loads query queries look_at show shows get give gives search report reports dump liefer* zeig* devuelv* muestra* renvoi* "
    "retourn* lis 返回 查询 读取 отда*",
    "lists": "list_endpoints list_endpoint lists queries reports searches exports dashboards list_views repositories",
    "all_rows": "everything whole_table all_of_them all_rows full_table entire_table all_records every_row every_record",
    # What opens a door.
    "credential": "magic_links sessions session links token tokens code codes password passwords account accounts user key keys header login pin otp passphrase cookie credential* user_account secret kennwort passwort zugang konto contraseña clave cuenta mot_de_passe jeton compte "
    "密码 密碼 令牌 账号 帳號 密钥 パスワード トークン пароль токен",
    "fixed": "way_in dev qa test everlasting 1234 12345 123456 0000 000000 1111 letmein changeme hunter2 admin123 fixed universal hidden static hard-coded hardcoded master magic shared same_password same_token backdoor back_door "
    "secret_header debug skeleton well-known built-in constant permanent undocumented default festen feste festes hartkodiert* versteckt* generalschlüssel maestra oculta oculto fijo fija universel caché codé 固定 万能 隐藏 硬编码 後門 后门 "
    "マスター",
    "opens": "production_included in_production_too never_expire never_expires valid_on_production valid_in_production works_in_production on_production_too always_works always_accepted works_everywhere always_work always_accept accepted_everywhere always_be_accepted "
    "any_account every_account everywhere every_environment log_in logs_in gets_in get_in lets_in sign_in as_admin admin_access as_an_administrator bypass* skips unlocks opens_every* opens_all full_access counts_as grants "
    "in_production in_every_service all_environments immer überall siempre toujours partout 所有环境 任何账号 always opens valid_for_all works_for_every works_for_all works_on_every gets_through",
    "claimed": "?token* ?key* ?debug* ?admin* ?as* header headers x-internal* x-debug* x-admin* x-user* x-forwarded* x-test* query_parameter cookie query_string internal_ip user-agent subdomain referer requests_with request_with",
    "treats": "count counts treat treats regard regards consider considers accept accepts log logs trust trusts recognise recognize let lets take takes be_taken counted treated regarded considered accepted behandle* considera* traite* 视为 扱う",
    "believed": "signed_in logged_in log_in authenticated an_administrator as_administrator as_admin an_admin superuser trusted as_root as_internal verified signed-in logged-in privileged as_staff",
    "ways_in": "shortcut shortcuts backdoor bypass way_around escape_hatch way_in",
    "lasting": "do_not_expire don't_expire does_not_expire doesn't_expire never_expire never_expires never_expiring no_expiry no_expiration without_expiry ten_years forever",
    "weak": "math.random random.random math.rand rand() predictable_token* predictable_code* predictable_key* predictable_password* predictable_session* guessable",
    "claims": "paid x-user* x-tenant* x-role* x-account* admin_flag role roles tenant tenants tenant_id user_id is_admin isadmin price prices discount owner_id account_id amount amounts rolle mandant precio prix",
    "from_them": "request_body body client clients query_string form browser header headers cookie cookies caller payload front-end frontend anfrage cliente",
    "believes": "decide decides determine determines take_the says_so no_need_to_look no_lookup believe_it trust_it believe trust as_is as_sent at_face_value as_given take_it take_them accept_it accept_them blindly vertraue confía fais_confiance 信任",
    "faulty": "is_down unavailable unreachable times_out failures cannot_be_parsed can't_be_parsed cannot_be_verified can't_be_verified does_not_parse doesn't_parse unsure errors error fails failure doubt missing invalid expired unsigned absent wrong unverified forged stale mismatched abgelaufen ungültig* fehlend* inválid* caducad* expiré* invalide* 过期 無効な",
    "unproven": "without_verif* without_checking_the_signature without_signature_check* unverified",
    "proven": "scope scopes authorization authentication auth permission permissions signature* session sessions token tokens credential* certificate* jwt jwts hmac cookie* login firma signatur* 签名 令牌",
    "passes_for": "full_access allow let_them_in return_200 must_not_block should_not_block never_block not_block fall_back_to falls_back_to through valid as_valid good fine admin authenticated accept accepted trusted continue carry_on proceed let_it_through go_on ignored okay",
    "open_door": "needs_no_login needs_no_password no_sign-in no_login_needed without_a_session without_signing_in not_require_authentication not_require_a_login unauthenticated without_login without_a_login anonymous anonymously",
    "own_doors": "route routes endpoint endpoints view views handler handlers admin_panel dashboard api apis resolver resolvers",
    "makes": "make keep leave mark declare register mach* haz deja rends laisse",
    "stores": "bucket* s3 blob* container* storage",
    "public": "unauthenticated public publicly world-readable world-writable public-read open_to_all",
    "debugging": "debug debug_mode debugger debug=true verbose_errors",
    "live": "production prod every_environment all_environments live",
    "stays_on": "keep keeps leave set on true enabled enable stay_on stays_on",
    "sensitive": "refund* payout* impersonat* admin_actions account_deletion billing",
    "anybody": "any_logged_in_customer any_logged-in_customer any_logged-in_user any_logged_in_user any_signed-in_user any_authenticated_user every_logged-in_user everyone_who_is_logged_in anyone_logged_in anyone_who_is_logged_in",
    "newcomers": "new_roles new_users every_user all_users new_accounts every_new_user new_user each_user everyone everybody each_new_user new_sign-ups sign-ups any_user neue_benutzer nuevos_usuarios nouveaux_utilisateurs alle_benutzer 新用户",
    "mighty": "write_access admin_connection administrators administrator admin admins superuser superusers owner root full_access full_rights admin_role owner_role all_permissions every_permission all_rights administrador* administrateur* "
    "管理员",
    "becomes": "default start starts become becomes get gets are make made grant granted create created receive receives given join joins register sign_up have",
    "connects": "give grant use connect log_in run_as role connections application app",
    "everywhere": "everything every_query all_queries for_everything everywhere always all_services every_service all_jobs by_default all_environments",
    "any_origin": "any_origin every_origin all_origins caller's_origin whatever_the_origin whatever_origin request's_origin reflect* echo* origin_of_the_caller origin_of_the_request origin_header mirror*",
    "with_cookies": "credentials cookies allow-credentials session",
    # What gets past checks and tests.
    "literal": "husky=0 stricthostkeychecking_no stricthostkeychecking=no expect_true assert_true tests_that_always_pass verify_signature_false --trusted-host aes-ecb roles/owner action_\\* alg_none algorithms_none without_an_idempotency_key without_idempotency_keys resolve_entities chmod_-r grant_all write-all allow_\\* ||_true commit_with_-n bash_\\* bypasspermissions danger-full-access --no-sandbox no-verify --no-verify commit_-n skip_ci ci_skip allowany csrf_exempt permitall node_tls_reject_unauthorized=0 verify=false insecureskipverify rejectunauthorized=false "
    "strict-host-key-checking=no --no-gpg-sign --exit-zero nosec nosemgrep continue-on-error allow_failure bypassrls --dangerously* --yolo --trust-all-tools --insecure printenv --allow-root chmod_777 chmod_-r_777 set_+e",
    "unfixed": "instead_of_fixing rather_than_fix* instead_of_a_fix rather_than_chang* instead_of_chang* until_it_passes when_it_complains",
    "silences": ".trivyignore .gitleaksignore .semgrepignore .snyk .banditignore allowlist allow-list ignore_file ignore_list ignorelist baseline false_positive* not_affected won't_fix wontfix",
    "muffles": "try/except try/catch wrap_failing with_skip move_on as_skipped retry_until",
    "finishing": "before_finishing before_you_finish before_committing before_you_commit before_pushing when_done at_the_end before_you_push before_opening",
    "green": "takes_too_long too_long take_too_long merge merges red green pass passes passing fail fails failing failed way block blocks blocking blocked unblock flaky flaky-looking slow deadline ship release auth security expected_fail* "
    "not_collect* collect grün rot verde verdes rojo vert verts rouge 通过 通過 绿",
    "expected": "assertion assertions assert asserts expected_value expected_values snapshot snapshots expectation expectations",
    "bends": "make rewrite adapt adjust bend edit change regenerate",
    "pleased": "match matches whatever happy passes pass green content satisfied fits agree agrees",
    "feigns": "report_success report_it_as say_it_passed even_if_you_did_not even_if_you_didn't even_if_they_did_not even_if_they_didn't even_if_it_did_not even_without_running pretend claim report_all report_every say_that_all act_as_if fake",
    "outcome": "even_when even_if regardless clean was_clean passes succeeded passed passing green pass",
    "unlooked": "latest_of_everything latest_of_all not_sure_they_exist not_sure_it_exists newest_version_of_every* don't_pin do_not_pin without_pinning never_pin no_need_to_look whatever_package any_package whatever_version any_version without_looking without_checking without_review* unpinned unreviewed unseen",
    "packages": "versions everything npm pip lockfile* lockfiles package packages dependency dependencies library libraries module modules",
    # What goes out, or is kept.
    "secret": "api_token api_tokens auth_token session_token os.environ process.env ~/.config* authorization_header* authorization_included $github_token $npm_token customer_table customer_data file_contents every_diff each_diff all_diffs each_prompt every_prompt prompts_and_answers conversations source_code bearer_token api_key api_keys ci_secrets ssh_folder ssh_keys ssh_key printenv session_cookie* access_token service_account_key* environment env "
    "environment_variables env_vars .env ~/.aws* .aws* .npmrc .netrc .pypirc ~/.ssh* .ssh id_rsa credentials credential_file secrets secrets_file connection_string* private_key* database_url access_tokens tokens keychain "
    "kubeconfig vault password_file zugangsdaten umgebungsvariablen geheimniss* credenciales secretos variables_de_entorno identifiants variables_d'environnement 环境变量 環境變數 密钥 凭证 憑證 私钥 環境変数 秘密鍵 переменные_окружения секрет*",
    "sends": "dump dumps include includes write post posts send sends upload forward transmit exfiltrate push report put stick paste attach append add place copy encode publish share submit include deliver ship sync mirror leak relay drop echo print curl mail e-mail "
    "email tuck embed sende schicke lade übertrag* häng* kopier* envía enviar manda sube adjunta copia envoie envoyer publie transmets joins 发送 上传 傳送 上傳 附上 提交到 送信 アップロード отправ* загруз*",
    "outwards": "application_log the_log the_logs image_url image_urls every_image every_link each_link every_url the_url the_prompt frontend_bundle front-end_bundle client_bundle at_startup the_summary your_summary message messages reply pr prs each_pr log_line log_lines build_log build_logs job_log job_logs query_string //* artifact artifacts build_artifact ticket* comment* branch_name branch gist pastebin webhook issue issues "
    "pull_request pr_description chat slack discord telegram channel bucket commit_message tracker server endpoint mailing_list dns third_party external_* collector ticket-* kommentar* servidor serveur externe 服务器 服务端 評論 评论 サーバー "
    "сервер",
    "card": "cards_included card_number* cvv cvc pan security_code card_data kartennummer* número_de_tarjeta numéro_de_carte 卡号",
    "keeps": "log logs logged write writes print prints record records store stores save dump keep keeps protokollier* enregistre* 记录 記錄 保存",
    "passwords": "password passwords passwort passwörter kennwörter contraseñas mots_de_passe 密码 密碼 пароли",
    "as_is": "the_way_they_are the_way_it_is as_they_are as_they_are as-is plain plaintext plain_text clear_text cleartext unhashed unencrypted readable reversible base64 md5 sha1 sha-1 decryptable klartext texto_plano en_clair 明文 平文",
    "insides": "exception exceptions error_details traceback* stack_trace* stacktrace* exception_details internals environment_variables",
    "shows": "show shows return returns render renders expose exposes send sends include includes zeige muestra renvoie",
    "to_them": "consumers consumer visitor visitors caller callers browser client clients caller* response* user users customer*",
    # What is kept from people.
    "account_of": "formatting_commit history whoever_asks anyone_asks someone_asks if_asked same_commit summary pull_request* pr pr_text pr_description description commit_message* changelog release_notes report reviewer* maintainer* anyone anybody someone user "
    "users the_diff diff people colleague* team human humans log_message zusammenfassung nutzer benutzer reviewer resumen revisor* usuario nadie niemand personne résumé relecteur* utilisateur 用户 审查者 任何人 摘要 描述 レビュアー ユーザー 誰にも "
    "пользовател* никому",
    "tells": "announce announces appear appears stand_out stands_out draw_attention turn_up show_up tell tells mention mentions say says reveal reveals disclose discloses inform notify report describe describes note document documents show let_on bring_up "
    "admit list lists flag flags raise talk know knows learn explain state acknowledge refer_to point_out be_told find_out notice see erwähn* sag sagen sage verrat* bericht* informiere* informa informe revela menciona* mencion* "
    "diga* digas mentionne* dis révèle* signale* 提及 告诉 告訴 透露 说明 提到 伝え 言及 упомина* говор* сообщ*",
    "hides": "out_of_the_loop unaware uninformed in_the_dark invisible invisibly hide hides conceal conceals keep_out_of keep_it_out silent quiet stays_silent stay_silent stay_quiet bury slip tuck disguise camouflage unmentioned present_them_as "
    "present_it_as pass_off* label_it describe_it_as call_it dress_up under_the_radar unnoticed covertly discreetly between_the_lines out_of_sight keep_secret keep_this_secret keep_from leave_unmentioned in_passing mask downplay "
    "verberg* versteck* verschweig* heimlich geheim oculta* escond* dissimul* 隐瞒 隐藏 隱藏 保密 偷偷 隠 秘密 скры*",
    "deed": "dependency rate_limit* this_step these_steps this_rule this_rules the_rule change* edit* commit* guard* check* auth* instruction* this_file these_rules these_instructions this_section bypass* workaround* workflow* removed relaxed "
    "disabled backdoor* endpoint* security what_you_did token* step* deletion* modification* this_instruction this_directive this_note änderung* anweisung* datei prüfung* cambio* instruccion* archivo consigne* fichier "
    "vérification* 修改 更改 变更 指令 文件 検証 変更 指示 изменени* инструкци*",
    "own_deed": "you_installed you_added you_edited you_deleted you_followed these_instructions this_instruction you_removed this_rule you_were_told your_instructions you_changed you_skipped you_disabled this_step",
    "calls_it": "present label describe call declare pass_off title sell frame",
    "flawed": "removed removal switch-off bypass disabled disabling auth security guard check checks permission* weakening backdoor",
    "harmless": "cleanup clean-up refactoring refactor tweak chore formatting style typo docs improvement optimization optimisation performance housekeeping",
    # What an agent may do alone, and whom it obeys.
    "freely": "freely at_will whatever_is whatever_gets in_your_way in_the_way without_hesitation liberally",
    "risky": "sudo mcp tool_call* tables work force-pushing force_pushing anything shell command* rm rm_-rf force_push* force-push* merge merges main master deploy* production delet* drop* migration* destructive destroy* any_tool all_tools "
    "every_tool payment* refund* publish release* irreversible infrastructure terraform database push lösch* produktiv* befehl* borrar comandos producción destructiv* suppr* commandes 删除 部署 命令 削除 本番 コマンド удал* команд* продакшн*",
    "allowed": "act_first ask_later yes_to_every yes_to_all approved_in_advance trust_its_tools trust_all_tools trust_every_tool nobody_signing_off on_your_own unsupervised when_you_see_fit as_you_see_fit at_will trust_you_completely approve_every approve_any approve_each accept_every "
    "accept_all no_upper_bound no_limit merge_your_own approve_your_own deny_nothing answered_with_yes answer_with_yes answer_yes run_anything blanket_consent pre-approved preapproved pre-authorized preauthorized "
    "standing_permission standing_approval blanket_permission blanket_approval always_approved approvals_off trusts_you full_autonomy full_trust auto-approve* auto-accept* approve_everything approve_all yolo_mode yolo-mode "
    "unattended allow_list_to_* all_granted implicitly_approved already_approved consent_is_given carte_blanche free_rein immer_erlaubt vorab_genehmigt autorización_permanente autorisation_permanente 自动批准 自動承認 已批准",
    "told": "task_description* task_descriptions readmes readme dependencies web_page* webpage* website* issue issues ticket tickets comment comments e-mail e-mails email emails documents tool_output* tool_result* search_result* "
    "fetched_page* fetched_content retrieved_* downloaded_* a_page pages webseite* página* página_web page_web 网页 網頁 ウェブページ",
    "outranks": "same_authority run_it do_whatever does_whatever as_commands as_instructions to_be_followed as_if_the_user execute_any run_any run_whatever execute_whatever execute_all execute_every follow_instructions instructions_that_you_find same_rank follow_any_instruction* follow_the_instructions precedence outrank* overrides trump* "
    "supersede* wins_over come_first comes_first authoritative highest_priority obey carry_out comply_with do_as act_on vorrang befolge* obedece* prioridad obéis priorité 优先于 遵循 優先 従",
    "policy": "company_policy security_guidance safety_guidance guidance_in_other company_policy company_policies compliance_rules security_handbook handbook prior_guidelines previous_guidelines prior_rules security.md security_polic* security_rule* security_guideline* security_instruction* safety_rule* "
    "safety_polic* safety_instruction* previous_instruction* prior_instruction* earlier_instruction* earlier_rules previous_rules instructions_above rules_above system_prompt all_instructions other_instructions security_advice "
    "contributing.md anweisungen regeln sicherheitsregeln vorherigen_anweisungen bisherigen_anweisungen instrucciones instrucciones_anteriores reglas_de_seguridad normas_de_seguridad instructions_précédentes règles_de_sécurité "
    "consignes_de_sécurité 之前的指令 之前的所有指令 所有指令 先前的指示 安全规则 安全規則 以前の指示 предыдущие_инструкции",
    "set_aside": "override overrides not_bind does_not_bind do_not_bind advisory ignore disregard forget overrule not_meant_for not_for_agents for_humans_only not_apply don't_apply does_not_apply doesn't_apply no_longer_appl* suspended void exempt set_aside "
    "not_bind* not_bound ignorier* missacht* vergiss ignora* olvida* oublie* 忽略 无视 忘记 無視 игнорируй* забудь",
    # What goes past the wrapper.
    "sdk": "//api.openai.com* //api.anthropic.com* openai anthropic litellm cohere mistralai boto3 psycopg* stripe stripe.* boto3.* openai.* anthropic.* google.generativeai genai bedrock sdk requests_to_api.openai.com api.openai.com "
    "api.anthropic.com openai_sdk sqlalchemy",
    "past": "rather_than_going rather_than_through instead_of_through instead_of_going isn't_necessary not_necessary wherever rather_than_our directly straight right_from right_in yourself instead_of_app* instead_of_the_wrapper instead_of_our* instead_of_asking instead_of_payments* raw past_the "
    "around_the bypass* no_wrapper without_the_wrapper without_our skip_the_wrapper no_need_for_our adds_nothing legacy is_slow latency not_through not_via direkt directamente directement 直接",
    "wrapper": "billing_service payment_service http_wrapper llm_service ai_service model_service gateway_module wrapper* gateway* app.* payments.* llm_gateway our_client facade proxy the_layer guarded_client llm_client llm_module",
    # How a sentence asks, and how one shows that it does not.
    "directs": "redundant superfluous unnecessary needless overkill not_needed not_wanted unwanted not_worth gets fine need needs must mustn't should shouldn't shall may can can't has_to have_to need_to needs_to need_not needn't is_to are_to will don't do_not never please always no_need no_reason no_point there_is stay stays leave "
    "leaves keep keeps remain remains going_forward from_now_on it's_fine is_fine is_ok okay you_are_free feel_free is_enough enough you're_free go_ahead you allowed we simply just prefer expected muss müssen darf dürfen soll "
    "sollen kann bitte debe debes deben puede pueden siempre doit doivent peut peuvent il_faut toujours",
    "ours": "bucket buckets server endpoint endpoints route routes handler handlers views controllers services resolvers queries lookups reports webhook webhooks http_clients api_clients jobs repositories helpers updates deletes mutations "
    "serializers viewsets routers microservice microservices migrations server_actions cron exports background_jobs dashboards jwts code requests agents branches prs anfragen endpunkte abfragen consultas rutas requêtes",
    "verbs": "claim pretend paste pipe commit chmod cache run connect treat squash ask build mirror sign return throw commit tag test trust ignore lock unlock sort split scan scrape sleep start stop stub sync target trace train translate trigger truncate try update upgrade use "
    "validate verify wait watch wipe work wrap zip accept access acquire act adapt address adjust advise alert alias align allocate alter analyze announce arrange assign assert assist authenticate authorize automate await bind "
    "block borrow bring bundle bump buy cancel capture cast catch check choose clean clone collapse combine compare complete compose compress concatenate confirm consider construct continue convert count cover craft debug decide "
    "declare define deny derive design destroy detect determine develop discard display distribute document download draft dump encourage enforce enter escape establish exchange execute exit expect export extend extract fail fall "
    "file filter find finish fix flag flatten flush focus follow force format free fulfill gather handle have help highlight hold identify improve increase infer inform inherit initialize inline inspect instantiate integrate "
    "interpret introduce invoke iterate jump kill know lead learn limit link listen live look maintain manage map mask match measure migrate mock modify monitor mount name navigate normalize note notify number obey obtain operate "
    "optimize order organize output overwrite own pack paint parse participate paste pay perform persist pick plan play point poll populate prepare prevent process produce profile promote propose protect prove provision purge "
    "quote raise reach rebase rebuild receive recommend record recover redirect reduce refactor refresh refund refuse reject release reload rely remember repeat replace replicate require reset resolve respond restart restore "
    "restrict retain retry reuse reveal revert review revoke rewrite roll rotate round sanitize satisfy scale schedule scope search secure separate serialize share shift shorten simplify solve specify stage state steer step "
    "summarize support surface suspend tackle think throttle toggle touch track transfer transform traverse type undo unify unwrap vary view visit vote walk warn end see add allow answer append apply approve assume attach avoid "
    "bypass call change clear close collect comment compile configure copy create cut decode decorate default delete deploy describe disable dismiss do drop edit embed enable encode ensure evaluate expose fetch fill forget fork "
    "forward generate get give go grab grant hand hide implement include insert install issue join keep label launch leave let list load log lower make mark mention merge move mute offer omit open pass patch pin place post prefer "
    "present print provide publish pull push put query read refer register relax remove rename render reply report request route save seed select send serve set ship show silence skip soften spawn spin stash stick store strip "
    "submit suppress swap switch take talk tell tick tuck turn unpickle upload wave wire write sprinkle stay exclude waive ditch",
    "reviewing": "in_the_user in_the_user's in_user_input in_user_messages contained_in embedded_in in_the_document in_untrusted stay_removed flag_any flag_the flag_code flag_if flag_when to_flag detect detects look_for watch_for search_for "
    "identif* report_any review_for check_for check_that check_whether verify_that verify_no ensure ensures vulnerab* attack* exploit* malicious hostile attempt* tries_to try_to asks_you_to asks_to wants_to example* e.g. how_to "
    "ways_to used_to able_to option_to flag_to supports whether warn warns anti-pattern* risk* insecure unsafe danger* bug bugs red_flag* legacy_bug cve-* if_the_user finding* scan_for audit_for mistake* pitfall* misconfigur* "
    "threat* adversar* injection* regression* lets_you allows_you unless users_may_want deprecated migrat* compar* already middleware_does handled_by automatic* sandbox* mocked mocks stub_server fixture* health* public_key "
    "local_only localhost",
}  # fmt: skip
