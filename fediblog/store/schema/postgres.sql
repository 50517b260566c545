-- Written by scripts/snapshot from the migrations.
CREATE TABLE activity (
    id bigint NOT NULL,
    key character varying(40) NOT NULL,
    type character varying(20) NOT NULL,
    object_uri character varying(2048) NOT NULL,
    body bytea NOT NULL,
    created_at bigint NOT NULL,
    forwarded boolean DEFAULT false NOT NULL,
    key_id character varying(2048) DEFAULT ''::character varying NOT NULL
);
COMMENT ON TABLE activity IS 'What we send, as final bytes, made once in the transaction that caused it.';
CREATE SEQUENCE activity_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE activity_id_seq OWNED BY activity.id;
CREATE TABLE actor (
    id bigint NOT NULL,
    uri character varying(2048) NOT NULL,
    authority character varying(300) NOT NULL,
    type character varying(100) NOT NULL,
    username character varying(200) NOT NULL,
    handle character varying(500) NOT NULL,
    handle_at bigint,
    name character varying(500) NOT NULL,
    page_url character varying(2048) NOT NULL,
    icon_url character varying(2048) NOT NULL,
    avatar character varying(100) NOT NULL,
    avatar_at bigint,
    inbox character varying(2048) NOT NULL,
    shared_inbox character varying(2048) NOT NULL,
    fetched_at bigint NOT NULL,
    gone_at bigint,
    block_id character varying(2048) DEFAULT ''::character varying NOT NULL,
    blocks_us_at bigint,
    emojis text DEFAULT ''::text NOT NULL,
    moved_at bigint,
    moved_to character varying(2048) DEFAULT ''::character varying NOT NULL,
    allowed_at bigint,
    created_at bigint,
    handle_key character varying(500) DEFAULT ''::character varying NOT NULL
);
COMMENT ON TABLE actor IS 'Somebody elsewhere, or the blog itself. handle: user@host, once WebFinger agreed.';
CREATE SEQUENCE actor_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE actor_id_seq OWNED BY actor.id;
CREATE TABLE actor_key (
    id bigint NOT NULL,
    key_id character varying(2048) NOT NULL,
    pem text NOT NULL,
    fetched_at bigint NOT NULL,
    actor_id bigint NOT NULL
);
COMMENT ON TABLE actor_key IS 'A public key by its key id, as an actor may have several.';
CREATE SEQUENCE actor_key_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE actor_key_id_seq OWNED BY actor_key.id;
CREATE TABLE api_token (
    id bigint NOT NULL,
    token_hash character varying(64) NOT NULL,
    name character varying(100) NOT NULL,
    scopes character varying(100) NOT NULL,
    client character varying(500) NOT NULL,
    created_at bigint NOT NULL,
    used_at bigint
);
COMMENT ON TABLE api_token IS 'Lets a program write posts. Only its hash is kept.';
CREATE SEQUENCE api_token_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE api_token_id_seq OWNED BY api_token.id;
CREATE TABLE arrival (
    id bigint NOT NULL,
    signature_hash character varying(64) NOT NULL,
    activity_id character varying(2048) NOT NULL,
    type character varying(100) NOT NULL,
    actor_uri character varying(2048) NOT NULL,
    authority character varying(300) NOT NULL,
    body bytea,
    received_at bigint NOT NULL,
    lane character varying(64) NOT NULL,
    state character varying(12) NOT NULL,
    reason text NOT NULL,
    attempts integer NOT NULL,
    next_at bigint NOT NULL,
    lease_until bigint NOT NULL,
    pointer boolean DEFAULT false NOT NULL,
    object_id character varying(2048) DEFAULT ''::character varying NOT NULL
);
COMMENT ON TABLE arrival IS 'A verified activity that came in, what became of it and why.';
CREATE SEQUENCE arrival_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE arrival_id_seq OWNED BY arrival.id;
CREATE TABLE attempt (
    id bigint NOT NULL,
    at bigint NOT NULL,
    way character varying(20) NOT NULL,
    result character varying(20) NOT NULL,
    browser character varying(100) NOT NULL,
    address character varying(64) NOT NULL,
    times integer DEFAULT 1 NOT NULL
);
COMMENT ON TABLE attempt IS 'Somebody tried to sign in, or several times alike within a quarter of an hour.';
CREATE SEQUENCE attempt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE attempt_id_seq OWNED BY attempt.id;
CREATE TABLE collection (
    id bigint NOT NULL,
    reply_id bigint,
    url character varying(2048) NOT NULL,
    authority character varying(300) NOT NULL,
    pages text NOT NULL,
    walked_at bigint,
    failures integer DEFAULT 0 NOT NULL,
    post_id bigint NOT NULL
);
COMMENT ON TABLE collection IS 'A collection elsewhere in which there may be replies to a post''s thread.';
CREATE SEQUENCE collection_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE collection_id_seq OWNED BY collection.id;
CREATE TABLE crawl (
    id bigint NOT NULL,
    step integer NOT NULL,
    next_at bigint,
    lease_until bigint DEFAULT 0 NOT NULL,
    round_at bigint,
    finished_at bigint,
    asked integer DEFAULT 0 NOT NULL,
    total integer DEFAULT 0 NOT NULL,
    found integer DEFAULT 0 NOT NULL,
    post_id bigint NOT NULL
);
COMMENT ON TABLE crawl IS 'When the replies to a post that nobody delivers are looked for, and how far that is.';
CREATE SEQUENCE crawl_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE crawl_id_seq OWNED BY crawl.id;
CREATE TABLE day_count (
    id bigint NOT NULL,
    name character varying(60) NOT NULL,
    day integer NOT NULL,
    count bigint NOT NULL
);
COMMENT ON TABLE day_count IS 'How many there were of something on a day, which is counted since the epoch, in UTC.';
CREATE SEQUENCE day_count_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE day_count_id_seq OWNED BY day_count.id;
CREATE TABLE delivery (
    id bigint NOT NULL,
    inbox character varying(2048) NOT NULL,
    authority character varying(300) NOT NULL,
    lane character varying(64) NOT NULL,
    state character varying(12) NOT NULL,
    attempts integer NOT NULL,
    next_at bigint NOT NULL,
    lease_until bigint NOT NULL,
    last_status integer,
    last_answer text NOT NULL,
    created_at bigint NOT NULL,
    finished_at bigint,
    activity_id bigint NOT NULL
);
COMMENT ON TABLE delivery IS 'One activity for one inbox. lane orders what one inbox gets about one object.';
CREATE SEQUENCE delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE delivery_id_seq OWNED BY delivery.id;
CREATE TABLE dropped_follower (
    id bigint NOT NULL,
    reason text NOT NULL,
    dropped_at bigint NOT NULL,
    actor_id bigint NOT NULL
);
COMMENT ON TABLE dropped_follower IS 'Somebody who followed until they, or their whole server, could not be found any more.';
CREATE SEQUENCE dropped_follower_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE dropped_follower_id_seq OWNED BY dropped_follower.id;
CREATE TABLE follower (
    id bigint NOT NULL,
    follow_id character varying(2048) NOT NULL,
    since bigint NOT NULL,
    actor_id bigint NOT NULL,
    check_at bigint
);
COMMENT ON TABLE follower IS 'Who follows the blog, with the id of the Follow.';
CREATE SEQUENCE follower_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE follower_id_seq OWNED BY follower.id;
CREATE TABLE host (
    authority character varying(300) NOT NULL,
    failures integer NOT NULL,
    not_before bigint NOT NULL,
    last_ok bigint,
    last_answer text NOT NULL,
    scheme character varying(20) DEFAULT ''::character varying NOT NULL,
    strikes integer DEFAULT 0 NOT NULL,
    struck_at bigint,
    struck_since bigint
);
COMMENT ON TABLE host IS 'A remote server, by its authority: how it does, and whether it is welcome.';
CREATE TABLE link_preview (
    id bigint NOT NULL,
    url character varying(2048) NOT NULL,
    title character varying(200) DEFAULT ''::character varying NOT NULL,
    site character varying(80) DEFAULT ''::character varying NOT NULL,
    excerpt character varying(200) DEFAULT ''::character varying NOT NULL,
    language character varying(40) DEFAULT ''::character varying NOT NULL,
    picture character varying(64) DEFAULT ''::character varying NOT NULL,
    fetch_at bigint,
    attempts integer DEFAULT 0 NOT NULL
);
COMMENT ON TABLE link_preview IS 'A page elsewhere that a post or a page of ours links to in a paragraph of its own.';
CREATE SEQUENCE link_preview_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE link_preview_id_seq OWNED BY link_preview.id;
CREATE TABLE link_preview_use (
    id bigint NOT NULL,
    preview bigint NOT NULL,
    owner_kind character varying(10) NOT NULL,
    owner_id bigint NOT NULL
);
COMMENT ON TABLE link_preview_use IS 'A post or a page that shows a preview. preview: the number of its row.';
CREATE SEQUENCE link_preview_use_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE link_preview_use_id_seq OWNED BY link_preview_use.id;
CREATE TABLE medium (
    id bigint NOT NULL,
    name character varying(32) NOT NULL,
    ending character varying(8) NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    widths text NOT NULL,
    blur character varying(100) NOT NULL,
    created_at bigint NOT NULL,
    alt text DEFAULT ''::text NOT NULL,
    caption text DEFAULT ''::text NOT NULL,
    focus_x integer DEFAULT 50 NOT NULL,
    focus_y integer DEFAULT 50 NOT NULL,
    kind character varying(8) DEFAULT 'picture'::character varying NOT NULL,
    size bigint DEFAULT 0 NOT NULL,
    title character varying(200) DEFAULT ''::character varying NOT NULL,
    words text DEFAULT ''::text NOT NULL
);
COMMENT ON TABLE medium IS 'A picture that the author has uploaded, drawn anew in several widths and formats.';
CREATE SEQUENCE medium_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE medium_id_seq OWNED BY medium.id;
CREATE TABLE medium_use (
    id bigint NOT NULL,
    name character varying(32) NOT NULL,
    owner_kind character varying(10) NOT NULL,
    owner_id bigint NOT NULL
);
COMMENT ON TABLE medium_use IS 'A post or a page that names a medium in its HTML. Lead pictures are in the post''s own row.';
CREATE SEQUENCE medium_use_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE medium_use_id_seq OWNED BY medium_use.id;
CREATE TABLE notification (
    id bigint NOT NULL,
    kind character varying(12) NOT NULL,
    mark character varying(400) NOT NULL,
    about_id bigint,
    actor_id bigint,
    words text NOT NULL,
    count integer DEFAULT 1 NOT NULL,
    changed_at bigint NOT NULL,
    read_at bigint,
    mailed_at bigint
);
COMMENT ON TABLE notification IS 'Something that the author may want to know, as one line however often it happens.';
CREATE SEQUENCE notification_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE notification_id_seq OWNED BY notification.id;
CREATE TABLE page (
    id bigint NOT NULL,
    slug character varying(120) NOT NULL,
    state character varying(12) NOT NULL,
    title character varying(300) NOT NULL,
    source text NOT NULL,
    html text NOT NULL,
    language character varying(35) NOT NULL,
    place integer NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
COMMENT ON TABLE page IS 'A page that belongs to no day, such as one about the author. It is not sent to anybody.';
CREATE SEQUENCE page_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE page_id_seq OWNED BY page.id;
CREATE TABLE passkey (
    id bigint NOT NULL,
    credential character varying(1400) NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    name character varying(60) NOT NULL,
    created_at bigint NOT NULL,
    used_at bigint
);
COMMENT ON TABLE passkey IS 'A passkey of the author: the half of it that is public.';
CREATE SEQUENCE passkey_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE passkey_id_seq OWNED BY passkey.id;
CREATE TABLE picture (
    id bigint NOT NULL,
    name character varying(64) NOT NULL,
    url character varying(2048) NOT NULL,
    kind character varying(12) NOT NULL,
    width integer,
    height integer,
    fetch_at bigint,
    attempts integer DEFAULT 0 NOT NULL
);
COMMENT ON TABLE picture IS 'A picture elsewhere that we show from here: an emoji, or what is attached to a reply.';
CREATE SEQUENCE picture_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE picture_id_seq OWNED BY picture.id;
CREATE TABLE picture_use (
    id bigint NOT NULL,
    picture character varying(64) NOT NULL,
    owner_kind character varying(10) NOT NULL,
    owner_id bigint NOT NULL
);
COMMENT ON TABLE picture_use IS 'A reply or an actor that names a picture. Reactions name theirs in their own row.';
CREATE SEQUENCE picture_use_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE picture_use_id_seq OWNED BY picture_use.id;
CREATE TABLE post (
    id bigint NOT NULL,
    key character varying(40) NOT NULL,
    slug character varying(120) NOT NULL,
    state character varying(12) NOT NULL,
    title character varying(300) NOT NULL,
    source text NOT NULL,
    html text NOT NULL,
    excerpt text NOT NULL,
    language character varying(35) NOT NULL,
    created_at bigint NOT NULL,
    published_at bigint,
    updated_at bigint,
    deleted_at bigint,
    version bigint NOT NULL,
    gallery boolean DEFAULT false NOT NULL,
    mentions text DEFAULT ''::text NOT NULL,
    pinned_at bigint,
    category character varying(100) DEFAULT ''::character varying NOT NULL,
    category_slug character varying(120) DEFAULT ''::character varying NOT NULL,
    contents boolean DEFAULT false NOT NULL,
    lead_id bigint,
    lead_alt text DEFAULT ''::text NOT NULL,
    lead_caption text DEFAULT ''::text NOT NULL,
    licence character varying(40) DEFAULT ''::character varying NOT NULL,
    source_line text DEFAULT ''::text NOT NULL,
    words integer DEFAULT 0 NOT NULL,
    close_after integer,
    comment_policy character varying(12) DEFAULT ''::character varying NOT NULL,
    delete_at bigint,
    edited_at bigint,
    note text DEFAULT ''::text NOT NULL,
    publish_at bigint,
    resent_at bigint,
    warning text DEFAULT ''::text NOT NULL
);
COMMENT ON TABLE post IS 'A post. key is its part of the id and never changes, version grows with what is seen.';
CREATE SEQUENCE post_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE post_id_seq OWNED BY post.id;
CREATE TABLE post_revision (
    id bigint NOT NULL,
    title character varying(300) NOT NULL,
    source text NOT NULL,
    html text NOT NULL,
    written_at bigint NOT NULL,
    post_id bigint NOT NULL,
    public boolean DEFAULT true NOT NULL
);
COMMENT ON TABLE post_revision IS 'What a published post said before an edit. written_at: since when it had said so.';
CREATE SEQUENCE post_revision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE post_revision_id_seq OWNED BY post_revision.id;
CREATE TABLE post_slug (
    slug character varying(120) NOT NULL,
    post_id bigint NOT NULL
);
COMMENT ON TABLE post_slug IS 'A slug that a post once had, whose address redirects.';
CREATE TABLE post_tag (
    id bigint NOT NULL,
    slug character varying(120) NOT NULL,
    name character varying(100) NOT NULL,
    post_id bigint NOT NULL,
    published_at bigint
);
COMMENT ON TABLE post_tag IS 'A tag of a post, in the author''s order.';
CREATE SEQUENCE post_tag_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE post_tag_id_seq OWNED BY post_tag.id;
CREATE TABLE pulse (
    name character varying(60) NOT NULL,
    beat_at bigint NOT NULL
);
COMMENT ON TABLE pulse IS 'When a loop was last seen at work, by its name.';
CREATE TABLE quote (
    id bigint NOT NULL,
    uri character varying(2048) NOT NULL,
    key character varying(40),
    target_uri character varying(2048) NOT NULL,
    target_kind character varying(10) NOT NULL,
    target_id bigint NOT NULL,
    request_id character varying(2048) NOT NULL,
    state character varying(12) NOT NULL,
    public boolean NOT NULL,
    text text NOT NULL,
    warning text NOT NULL,
    language character varying(35) NOT NULL,
    page_url character varying(2048) NOT NULL,
    published_at bigint NOT NULL,
    updated_at bigint,
    received_at bigint NOT NULL,
    actor_id bigint NOT NULL,
    hidden_by bigint
);
COMMENT ON TABLE quote IS 'A note elsewhere that quotes a post or an answer. key: of the authorization that we gave.';
CREATE SEQUENCE quote_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE quote_id_seq OWNED BY quote.id;
CREATE TABLE reaction (
    id bigint NOT NULL,
    kind character varying(20) NOT NULL,
    target_uri character varying(2048) NOT NULL,
    target_kind character varying(10) NOT NULL,
    target_id bigint NOT NULL,
    activity_id character varying(2048) NOT NULL,
    received_at bigint NOT NULL,
    emoji character varying(200) DEFAULT ''::character varying NOT NULL,
    picture character varying(64) DEFAULT ''::character varying NOT NULL,
    actor_id bigint NOT NULL,
    hidden_by bigint
);
COMMENT ON TABLE reaction IS 'A like, an announce or an emoji, one per actor, target, kind and emoji.';
CREATE SEQUENCE reaction_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE reaction_id_seq OWNED BY reaction.id;
CREATE TABLE recovery_code (
    code_hash character varying(64) NOT NULL
);
COMMENT ON TABLE recovery_code IS 'What stands in for a second factor that is lost, once. Only its hash is kept.';
CREATE TABLE refusal (
    id bigint NOT NULL,
    authority character varying(300) NOT NULL,
    reason character varying(300) NOT NULL,
    count bigint NOT NULL,
    first_at bigint NOT NULL,
    last_at bigint NOT NULL
);
COMMENT ON TABLE refusal IS 'How often one reason turned requests to the inbox away, by the server they claimed to be of.';
CREATE SEQUENCE refusal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE refusal_id_seq OWNED BY refusal.id;
CREATE TABLE reply (
    id bigint NOT NULL,
    uri character varying(2048) NOT NULL,
    key character varying(40),
    branch_id bigint,
    depth integer NOT NULL,
    in_reply_to character varying(2048) NOT NULL,
    state character varying(12) NOT NULL,
    public boolean NOT NULL,
    html text NOT NULL,
    source text NOT NULL,
    warning text NOT NULL,
    language character varying(35) NOT NULL,
    page_url character varying(2048) NOT NULL,
    mentions text NOT NULL,
    published_at bigint NOT NULL,
    updated_at bigint,
    received_at bigint NOT NULL,
    fetch_at bigint,
    fetch_attempts integer NOT NULL,
    lease_until bigint NOT NULL,
    actor_id bigint NOT NULL,
    parent_id bigint,
    post_id bigint,
    attachments text DEFAULT ''::text NOT NULL,
    conversation character varying(2048) DEFAULT ''::character varying NOT NULL,
    emojis text DEFAULT ''::text NOT NULL,
    replies_url character varying(2048) DEFAULT ''::character varying NOT NULL,
    context_url character varying(2048) DEFAULT ''::character varying NOT NULL,
    orphan boolean DEFAULT false NOT NULL,
    poll text DEFAULT ''::text NOT NULL,
    proof_body bytea,
    sensitive boolean DEFAULT false NOT NULL,
    likes integer DEFAULT 0 NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    shows boolean DEFAULT false NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    before_rule character varying(12) DEFAULT ''::character varying NOT NULL,
    fingerprint character varying(32) DEFAULT ''::character varying NOT NULL,
    hidden_by bigint,
    approval_key character varying(40),
    request_id character varying(2048) DEFAULT ''::character varying NOT NULL
);
COMMENT ON TABLE reply IS 'One node of a tree, remote or the author''s own (then it has a key and a source).';
CREATE SEQUENCE reply_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE reply_id_seq OWNED BY reply.id;
CREATE TABLE reply_revision (
    id bigint NOT NULL,
    public boolean NOT NULL,
    html text NOT NULL,
    warning text NOT NULL,
    language character varying(35) NOT NULL,
    written_at bigint NOT NULL,
    reply_id bigint NOT NULL
);
COMMENT ON TABLE reply_revision IS 'What a reply said before an edit. written_at: when that text was new.';
CREATE SEQUENCE reply_revision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE reply_revision_id_seq OWNED BY reply_revision.id;
CREATE TABLE report (
    id bigint NOT NULL,
    activity_id character varying(2048) NOT NULL,
    content text NOT NULL,
    objects text NOT NULL,
    received_at bigint NOT NULL,
    closed_at bigint,
    actor_id bigint NOT NULL,
    note text DEFAULT ''::text NOT NULL
);
COMMENT ON TABLE report IS 'Somebody elsewhere reports something here. objects: JSON of what is reported, as ids.';
CREATE SEQUENCE report_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE report_id_seq OWNED BY report.id;
CREATE TABLE rule (
    id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    value character varying(2048) NOT NULL,
    label character varying(500) NOT NULL,
    action character varying(10) NOT NULL,
    note text NOT NULL,
    created_at bigint NOT NULL,
    done_at bigint,
    ended_at bigint
);
COMMENT ON TABLE rule IS 'What the author keeps out: a person, a server with all beneath it, or words.';
CREATE SEQUENCE rule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE rule_id_seq OWNED BY rule.id;
CREATE TABLE search_due (
    entry bigint NOT NULL
);
COMMENT ON TABLE search_due IS 'A text that is to be read into the index of words, which is no table of the ORM.';
CREATE TABLE search_index (
    id bigint NOT NULL,
    vector tsvector NOT NULL,
    plain text NOT NULL
);
CREATE TABLE session (
    id bigint NOT NULL,
    token_hash character varying(64) NOT NULL,
    csrf character varying(64) NOT NULL,
    created_at bigint NOT NULL,
    used_at bigint NOT NULL,
    address character varying(64) DEFAULT ''::character varying NOT NULL,
    browser character varying(100) DEFAULT ''::character varying NOT NULL,
    confirmed_at bigint DEFAULT 0 NOT NULL
);
COMMENT ON TABLE session IS 'A signed-in browser, of which only the hash of the token is kept.';
CREATE SEQUENCE session_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE session_id_seq OWNED BY session.id;
CREATE TABLE setting (
    name character varying(60) NOT NULL,
    value text NOT NULL
);
COMMENT ON TABLE setting IS 'A value by its name: the origin of the first start, the site''s texts, the password''s hash.';
CREATE TABLE ticket (
    token_hash character varying(64) NOT NULL,
    kind character varying(20) NOT NULL,
    value text NOT NULL,
    expires_at bigint NOT NULL
);
COMMENT ON TABLE ticket IS 'What is good once and for a short time: half of a sign-in, a challenge, a code.';
CREATE TABLE tombstone (
    mark character varying(64) NOT NULL,
    uri character varying(2048) NOT NULL,
    deleted_at bigint NOT NULL
);
COMMENT ON TABLE tombstone IS 'The id of something deleted, so that a Create that comes after its Delete finds it here.';
CREATE TABLE tortoise_migrations (
    id integer NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE tortoise_migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE tortoise_migrations_id_seq OWNED BY tortoise_migrations.id;
CREATE TABLE working_copy (
    id bigint NOT NULL,
    place character varying(60) NOT NULL,
    window_key character varying(40) NOT NULL,
    based_on character varying(64) NOT NULL,
    form text NOT NULL,
    saved_at bigint NOT NULL
);
COMMENT ON TABLE working_copy IS 'What is typed in one window and not saved yet. form: JSON of the fields by their names.';
CREATE SEQUENCE working_copy_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE working_copy_id_seq OWNED BY working_copy.id;
ALTER TABLE ONLY activity ALTER COLUMN id SET DEFAULT nextval('activity_id_seq'::regclass);
ALTER TABLE ONLY actor ALTER COLUMN id SET DEFAULT nextval('actor_id_seq'::regclass);
ALTER TABLE ONLY actor_key ALTER COLUMN id SET DEFAULT nextval('actor_key_id_seq'::regclass);
ALTER TABLE ONLY api_token ALTER COLUMN id SET DEFAULT nextval('api_token_id_seq'::regclass);
ALTER TABLE ONLY arrival ALTER COLUMN id SET DEFAULT nextval('arrival_id_seq'::regclass);
ALTER TABLE ONLY attempt ALTER COLUMN id SET DEFAULT nextval('attempt_id_seq'::regclass);
ALTER TABLE ONLY collection ALTER COLUMN id SET DEFAULT nextval('collection_id_seq'::regclass);
ALTER TABLE ONLY crawl ALTER COLUMN id SET DEFAULT nextval('crawl_id_seq'::regclass);
ALTER TABLE ONLY day_count ALTER COLUMN id SET DEFAULT nextval('day_count_id_seq'::regclass);
ALTER TABLE ONLY delivery ALTER COLUMN id SET DEFAULT nextval('delivery_id_seq'::regclass);
ALTER TABLE ONLY dropped_follower ALTER COLUMN id SET DEFAULT nextval('dropped_follower_id_seq'::regclass);
ALTER TABLE ONLY follower ALTER COLUMN id SET DEFAULT nextval('follower_id_seq'::regclass);
ALTER TABLE ONLY link_preview ALTER COLUMN id SET DEFAULT nextval('link_preview_id_seq'::regclass);
ALTER TABLE ONLY link_preview_use ALTER COLUMN id SET DEFAULT nextval('link_preview_use_id_seq'::regclass);
ALTER TABLE ONLY medium ALTER COLUMN id SET DEFAULT nextval('medium_id_seq'::regclass);
ALTER TABLE ONLY medium_use ALTER COLUMN id SET DEFAULT nextval('medium_use_id_seq'::regclass);
ALTER TABLE ONLY notification ALTER COLUMN id SET DEFAULT nextval('notification_id_seq'::regclass);
ALTER TABLE ONLY page ALTER COLUMN id SET DEFAULT nextval('page_id_seq'::regclass);
ALTER TABLE ONLY passkey ALTER COLUMN id SET DEFAULT nextval('passkey_id_seq'::regclass);
ALTER TABLE ONLY picture ALTER COLUMN id SET DEFAULT nextval('picture_id_seq'::regclass);
ALTER TABLE ONLY picture_use ALTER COLUMN id SET DEFAULT nextval('picture_use_id_seq'::regclass);
ALTER TABLE ONLY post ALTER COLUMN id SET DEFAULT nextval('post_id_seq'::regclass);
ALTER TABLE ONLY post_revision ALTER COLUMN id SET DEFAULT nextval('post_revision_id_seq'::regclass);
ALTER TABLE ONLY post_tag ALTER COLUMN id SET DEFAULT nextval('post_tag_id_seq'::regclass);
ALTER TABLE ONLY quote ALTER COLUMN id SET DEFAULT nextval('quote_id_seq'::regclass);
ALTER TABLE ONLY reaction ALTER COLUMN id SET DEFAULT nextval('reaction_id_seq'::regclass);
ALTER TABLE ONLY refusal ALTER COLUMN id SET DEFAULT nextval('refusal_id_seq'::regclass);
ALTER TABLE ONLY reply ALTER COLUMN id SET DEFAULT nextval('reply_id_seq'::regclass);
ALTER TABLE ONLY reply_revision ALTER COLUMN id SET DEFAULT nextval('reply_revision_id_seq'::regclass);
ALTER TABLE ONLY report ALTER COLUMN id SET DEFAULT nextval('report_id_seq'::regclass);
ALTER TABLE ONLY rule ALTER COLUMN id SET DEFAULT nextval('rule_id_seq'::regclass);
ALTER TABLE ONLY session ALTER COLUMN id SET DEFAULT nextval('session_id_seq'::regclass);
ALTER TABLE ONLY tortoise_migrations ALTER COLUMN id SET DEFAULT nextval('tortoise_migrations_id_seq'::regclass);
ALTER TABLE ONLY working_copy ALTER COLUMN id SET DEFAULT nextval('working_copy_id_seq'::regclass);
ALTER TABLE ONLY activity
    ADD CONSTRAINT activity_key_key UNIQUE (key);
ALTER TABLE ONLY activity
    ADD CONSTRAINT activity_pkey PRIMARY KEY (id);
ALTER TABLE ONLY actor_key
    ADD CONSTRAINT actor_key_key_id_key UNIQUE (key_id);
ALTER TABLE ONLY actor_key
    ADD CONSTRAINT actor_key_pkey PRIMARY KEY (id);
ALTER TABLE ONLY actor
    ADD CONSTRAINT actor_pkey PRIMARY KEY (id);
ALTER TABLE ONLY actor
    ADD CONSTRAINT actor_uri_key UNIQUE (uri);
ALTER TABLE ONLY api_token
    ADD CONSTRAINT api_token_pkey PRIMARY KEY (id);
ALTER TABLE ONLY api_token
    ADD CONSTRAINT api_token_token_hash_key UNIQUE (token_hash);
ALTER TABLE ONLY arrival
    ADD CONSTRAINT arrival_pkey PRIMARY KEY (id);
ALTER TABLE ONLY arrival
    ADD CONSTRAINT arrival_signature_hash_key UNIQUE (signature_hash);
ALTER TABLE ONLY attempt
    ADD CONSTRAINT attempt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY collection
    ADD CONSTRAINT collection_pkey PRIMARY KEY (id);
ALTER TABLE ONLY crawl
    ADD CONSTRAINT crawl_pkey PRIMARY KEY (id);
ALTER TABLE ONLY crawl
    ADD CONSTRAINT crawl_post_id_key UNIQUE (post_id);
ALTER TABLE ONLY day_count
    ADD CONSTRAINT day_count_pkey PRIMARY KEY (id);
ALTER TABLE ONLY delivery
    ADD CONSTRAINT delivery_pkey PRIMARY KEY (id);
ALTER TABLE ONLY dropped_follower
    ADD CONSTRAINT dropped_follower_pkey PRIMARY KEY (id);
ALTER TABLE ONLY follower
    ADD CONSTRAINT follower_actor_id_key UNIQUE (actor_id);
ALTER TABLE ONLY follower
    ADD CONSTRAINT follower_pkey PRIMARY KEY (id);
ALTER TABLE ONLY host
    ADD CONSTRAINT host_pkey PRIMARY KEY (authority);
ALTER TABLE ONLY link_preview
    ADD CONSTRAINT link_preview_pkey PRIMARY KEY (id);
ALTER TABLE ONLY link_preview
    ADD CONSTRAINT link_preview_url_key UNIQUE (url);
ALTER TABLE ONLY link_preview_use
    ADD CONSTRAINT link_preview_use_pkey PRIMARY KEY (id);
ALTER TABLE ONLY medium
    ADD CONSTRAINT medium_name_key UNIQUE (name);
ALTER TABLE ONLY medium
    ADD CONSTRAINT medium_pkey PRIMARY KEY (id);
ALTER TABLE ONLY medium_use
    ADD CONSTRAINT medium_use_pkey PRIMARY KEY (id);
ALTER TABLE ONLY notification
    ADD CONSTRAINT notification_mark_key UNIQUE (mark);
ALTER TABLE ONLY notification
    ADD CONSTRAINT notification_pkey PRIMARY KEY (id);
ALTER TABLE ONLY page
    ADD CONSTRAINT page_pkey PRIMARY KEY (id);
ALTER TABLE ONLY page
    ADD CONSTRAINT page_slug_key UNIQUE (slug);
ALTER TABLE ONLY passkey
    ADD CONSTRAINT passkey_credential_key UNIQUE (credential);
ALTER TABLE ONLY passkey
    ADD CONSTRAINT passkey_pkey PRIMARY KEY (id);
ALTER TABLE ONLY picture
    ADD CONSTRAINT picture_name_key UNIQUE (name);
ALTER TABLE ONLY picture
    ADD CONSTRAINT picture_pkey PRIMARY KEY (id);
ALTER TABLE ONLY picture_use
    ADD CONSTRAINT picture_use_pkey PRIMARY KEY (id);
ALTER TABLE ONLY post
    ADD CONSTRAINT post_key_key UNIQUE (key);
ALTER TABLE ONLY post
    ADD CONSTRAINT post_pkey PRIMARY KEY (id);
ALTER TABLE ONLY post_revision
    ADD CONSTRAINT post_revision_pkey PRIMARY KEY (id);
ALTER TABLE ONLY post
    ADD CONSTRAINT post_slug_key UNIQUE (slug);
ALTER TABLE ONLY post_slug
    ADD CONSTRAINT post_slug_pkey PRIMARY KEY (slug);
ALTER TABLE ONLY post_tag
    ADD CONSTRAINT post_tag_pkey PRIMARY KEY (id);
ALTER TABLE ONLY pulse
    ADD CONSTRAINT pulse_pkey PRIMARY KEY (name);
ALTER TABLE ONLY quote
    ADD CONSTRAINT quote_key_key UNIQUE (key);
ALTER TABLE ONLY quote
    ADD CONSTRAINT quote_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quote
    ADD CONSTRAINT quote_uri_key UNIQUE (uri);
ALTER TABLE ONLY reaction
    ADD CONSTRAINT reaction_pkey PRIMARY KEY (id);
ALTER TABLE ONLY recovery_code
    ADD CONSTRAINT recovery_code_pkey PRIMARY KEY (code_hash);
ALTER TABLE ONLY refusal
    ADD CONSTRAINT refusal_pkey PRIMARY KEY (id);
ALTER TABLE ONLY reply
    ADD CONSTRAINT reply_approval_key_key UNIQUE (approval_key);
ALTER TABLE ONLY reply
    ADD CONSTRAINT reply_key_key UNIQUE (key);
ALTER TABLE ONLY reply
    ADD CONSTRAINT reply_pkey PRIMARY KEY (id);
ALTER TABLE ONLY reply_revision
    ADD CONSTRAINT reply_revision_pkey PRIMARY KEY (id);
ALTER TABLE ONLY reply
    ADD CONSTRAINT reply_uri_key UNIQUE (uri);
ALTER TABLE ONLY report
    ADD CONSTRAINT report_pkey PRIMARY KEY (id);
ALTER TABLE ONLY rule
    ADD CONSTRAINT rule_pkey PRIMARY KEY (id);
ALTER TABLE ONLY search_due
    ADD CONSTRAINT search_due_pkey PRIMARY KEY (entry);
ALTER TABLE ONLY search_index
    ADD CONSTRAINT search_index_pkey PRIMARY KEY (id);
ALTER TABLE ONLY session
    ADD CONSTRAINT session_pkey PRIMARY KEY (id);
ALTER TABLE ONLY session
    ADD CONSTRAINT session_token_hash_key UNIQUE (token_hash);
ALTER TABLE ONLY setting
    ADD CONSTRAINT setting_pkey PRIMARY KEY (name);
ALTER TABLE ONLY ticket
    ADD CONSTRAINT ticket_pkey PRIMARY KEY (token_hash);
ALTER TABLE ONLY tombstone
    ADD CONSTRAINT tombstone_pkey PRIMARY KEY (mark);
ALTER TABLE ONLY tortoise_migrations
    ADD CONSTRAINT tortoise_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY collection
    ADD CONSTRAINT uid_collection_post_id_0a349a UNIQUE (post_id, url);
ALTER TABLE ONLY day_count
    ADD CONSTRAINT uid_day_count_name_3ddecf UNIQUE (name, day);
ALTER TABLE ONLY delivery
    ADD CONSTRAINT uid_delivery_activit_f10fc6 UNIQUE (activity_id, inbox);
ALTER TABLE ONLY link_preview_use
    ADD CONSTRAINT uid_link_previe_owner_k_b4b030 UNIQUE (owner_kind, owner_id, preview);
ALTER TABLE ONLY medium_use
    ADD CONSTRAINT uid_medium_use_owner_k_e656c6 UNIQUE (owner_kind, owner_id, name);
ALTER TABLE ONLY picture_use
    ADD CONSTRAINT uid_picture_use_owner_k_fdddf8 UNIQUE (owner_kind, owner_id, picture);
ALTER TABLE ONLY post_tag
    ADD CONSTRAINT uid_post_tag_post_id_402803 UNIQUE (post_id, slug);
ALTER TABLE ONLY reaction
    ADD CONSTRAINT uid_reaction_actor_i_3aba42 UNIQUE (actor_id, kind, target_kind, target_id, emoji);
ALTER TABLE ONLY refusal
    ADD CONSTRAINT uid_refusal_authori_ac161a UNIQUE (authority, reason);
ALTER TABLE ONLY rule
    ADD CONSTRAINT uid_rule_kind_c2ebba UNIQUE (kind, value);
ALTER TABLE ONLY tortoise_migrations
    ADD CONSTRAINT uid_tortoise_mi_app_3803a5 UNIQUE (app, name);
ALTER TABLE ONLY working_copy
    ADD CONSTRAINT uid_working_cop_place_cae6a7 UNIQUE (place, window_key);
ALTER TABLE ONLY working_copy
    ADD CONSTRAINT working_copy_pkey PRIMARY KEY (id);
CREATE INDEX activity_by_object ON activity USING btree (object_uri);
CREATE INDEX actor_allowed ON actor USING btree (allowed_at);
CREATE INDEX actor_avatar_due ON actor USING btree (avatar_at);
CREATE INDEX actor_blocks_us ON actor USING btree (blocks_us_at);
CREATE INDEX actor_by_authority ON actor USING btree (authority);
CREATE INDEX actor_by_destination ON actor USING btree (moved_to);
CREATE INDEX actor_by_handle ON actor USING btree (handle_key);
CREATE INDEX actor_key_of_actor ON actor_key USING btree (actor_id);
CREATE INDEX arrival_by_actor ON arrival USING btree (actor_uri, id);
CREATE INDEX arrival_by_lane ON arrival USING btree (lane, state);
CREATE INDEX arrival_by_server ON arrival USING btree (authority, id);
CREATE INDEX arrival_by_state ON arrival USING btree (state, id);
CREATE INDEX arrival_by_time ON arrival USING btree (received_at);
CREATE INDEX arrival_due ON arrival USING btree (state, next_at);
CREATE INDEX arrival_in_hand ON arrival USING btree (state, lease_until);
CREATE INDEX collection_by_reply ON collection USING btree (reply_id);
CREATE INDEX collection_by_turn ON collection USING btree (post_id, walked_at);
CREATE INDEX crawl_due ON crawl USING btree (next_at);
CREATE INDEX day_count_by_day ON day_count USING btree (day);
CREATE INDEX delivery_by_activity ON delivery USING btree (activity_id, state, id);
CREATE INDEX delivery_by_authority ON delivery USING btree (authority, state);
CREATE INDEX delivery_by_lane ON delivery USING btree (lane, state);
CREATE INDEX delivery_by_server ON delivery USING btree (authority, id);
CREATE INDEX delivery_by_state ON delivery USING btree (state, id);
CREATE INDEX delivery_due ON delivery USING btree (state, next_at);
CREATE INDEX dropped_by_actor ON dropped_follower USING btree (actor_id);
CREATE INDEX follower_check_due ON follower USING btree (check_at);
CREATE INDEX link_preview_due ON link_preview USING btree (fetch_at);
CREATE INDEX link_preview_use_by_preview ON link_preview_use USING btree (preview);
CREATE INDEX medium_use_by_name ON medium_use USING btree (name);
CREATE INDEX notification_by_kind ON notification USING btree (kind, id);
CREATE INDEX notification_unmailed ON notification USING btree (mailed_at, changed_at);
CREATE INDEX notification_unread ON notification USING btree (read_at, id);
CREATE INDEX picture_due ON picture USING btree (fetch_at);
CREATE INDEX picture_use_by_picture ON picture_use USING btree (picture);
CREATE INDEX post_by_category ON post USING btree (category_slug, published_at);
CREATE INDEX post_by_date ON post USING btree (state, published_at);
CREATE INDEX post_by_lead ON post USING btree (lead_id);
CREATE INDEX post_delete_due ON post USING btree (delete_at);
CREATE INDEX post_pinned ON post USING btree (pinned_at);
CREATE INDEX post_publish_due ON post USING btree (publish_at);
CREATE INDEX post_revision_by_post ON post_revision USING btree (post_id);
CREATE INDEX post_tag_by_date ON post_tag USING btree (slug, published_at, post_id);
CREATE INDEX quote_by_actor ON quote USING btree (actor_id);
CREATE INDEX quote_by_rule ON quote USING btree (hidden_by);
CREATE INDEX quote_by_target ON quote USING btree (target_kind, target_id, id);
CREATE INDEX reaction_by_activity ON reaction USING btree (activity_id);
CREATE INDEX reaction_by_picture ON reaction USING btree (picture);
CREATE INDEX reaction_by_rule ON reaction USING btree (hidden_by);
CREATE INDEX reaction_by_target ON reaction USING btree (target_kind, target_id, kind);
CREATE INDEX refusal_by_time ON refusal USING btree (last_at);
CREATE INDEX reply_alike ON reply USING btree (fingerprint);
CREATE INDEX reply_beneath ON reply USING btree (parent_id, post_id, state, id);
CREATE INDEX reply_by_conversation ON reply USING btree (conversation);
CREATE INDEX reply_by_likes ON reply USING btree (post_id, depth, likes, id);
CREATE INDEX reply_by_rule ON reply USING btree (hidden_by);
CREATE INDEX reply_by_state ON reply USING btree (state, received_at);
CREATE INDEX reply_by_time ON reply USING btree (post_id, depth, published_at, id);
CREATE INDEX reply_by_version ON reply USING btree (post_id, version);
CREATE INDEX reply_fetch_due ON reply USING btree (fetch_at);
CREATE INDEX reply_in_branch ON reply USING btree (post_id, branch_id, published_at, id);
CREATE INDEX reply_in_state ON reply USING btree (state, id);
CREATE INDEX reply_in_thread ON reply USING btree (post_id, state, id);
CREATE INDEX reply_of_actor ON reply USING btree (actor_id, state);
CREATE INDEX reply_shown_by_likes ON reply USING btree (post_id, shows, likes, id);
CREATE INDEX reply_shown_by_time ON reply USING btree (post_id, shows, published_at, id);
CREATE INDEX reply_states ON reply USING btree (post_id, state, branch_id);
CREATE INDEX reply_waiting_for ON reply USING btree (in_reply_to, state);
CREATE INDEX report_open ON report USING btree (closed_at, id);
CREATE INDEX revision_by_reply ON reply_revision USING btree (reply_id, id);
CREATE INDEX search_index_words ON search_index USING gin (vector) WITH (fastupdate=off);
CREATE INDEX ticket_by_end ON ticket USING btree (expires_at);
CREATE INDEX tombstone_by_uri ON tombstone USING btree (uri);
ALTER TABLE ONLY actor_key
    ADD CONSTRAINT actor_key_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES actor(id) ON DELETE RESTRICT;
ALTER TABLE ONLY collection
    ADD CONSTRAINT collection_post_id_fkey FOREIGN KEY (post_id) REFERENCES post(id) ON DELETE RESTRICT;
ALTER TABLE ONLY crawl
    ADD CONSTRAINT crawl_post_id_fkey FOREIGN KEY (post_id) REFERENCES post(id) ON DELETE RESTRICT;
ALTER TABLE ONLY delivery
    ADD CONSTRAINT delivery_activity_id_fkey FOREIGN KEY (activity_id) REFERENCES activity(id) ON DELETE RESTRICT;
ALTER TABLE ONLY dropped_follower
    ADD CONSTRAINT dropped_follower_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES actor(id) ON DELETE RESTRICT;
ALTER TABLE ONLY follower
    ADD CONSTRAINT follower_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES actor(id) ON DELETE RESTRICT;
ALTER TABLE ONLY post
    ADD CONSTRAINT post_lead_id_fkey FOREIGN KEY (lead_id) REFERENCES medium(id) ON DELETE RESTRICT;
ALTER TABLE ONLY post_revision
    ADD CONSTRAINT post_revision_post_id_fkey FOREIGN KEY (post_id) REFERENCES post(id) ON DELETE RESTRICT;
ALTER TABLE ONLY post_slug
    ADD CONSTRAINT post_slug_post_id_fkey FOREIGN KEY (post_id) REFERENCES post(id) ON DELETE RESTRICT;
ALTER TABLE ONLY post_tag
    ADD CONSTRAINT post_tag_post_id_fkey FOREIGN KEY (post_id) REFERENCES post(id) ON DELETE RESTRICT;
ALTER TABLE ONLY quote
    ADD CONSTRAINT quote_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES actor(id) ON DELETE RESTRICT;
ALTER TABLE ONLY reaction
    ADD CONSTRAINT reaction_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES actor(id) ON DELETE RESTRICT;
ALTER TABLE ONLY reply
    ADD CONSTRAINT reply_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES actor(id) ON DELETE RESTRICT;
ALTER TABLE ONLY reply
    ADD CONSTRAINT reply_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES reply(id) ON DELETE RESTRICT;
ALTER TABLE ONLY reply
    ADD CONSTRAINT reply_post_id_fkey FOREIGN KEY (post_id) REFERENCES post(id) ON DELETE RESTRICT;
ALTER TABLE ONLY reply_revision
    ADD CONSTRAINT reply_revision_reply_id_fkey FOREIGN KEY (reply_id) REFERENCES reply(id) ON DELETE RESTRICT;
ALTER TABLE ONLY report
    ADD CONSTRAINT report_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES actor(id) ON DELETE RESTRICT;
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0001_initial', CURRENT_TIMESTAMP);
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0002_whole_fediverse', CURRENT_TIMESTAMP);
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0003_reading', CURRENT_TIMESTAMP);
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0004_conversation', CURRENT_TIMESTAMP);
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0005_search', CURRENT_TIMESTAMP);
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0006_branches', CURRENT_TIMESTAMP);
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0007_post_pictures', CURRENT_TIMESTAMP);
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0008_access', CURRENT_TIMESTAMP);
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0009_knowing', CURRENT_TIMESTAMP);
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0010_deciding', CURRENT_TIMESTAMP);
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0011_media', CURRENT_TIMESTAMP);
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0012_watching', CURRENT_TIMESTAMP);
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0013_lifecycle', CURRENT_TIMESTAMP);
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0014_link_previews', CURRENT_TIMESTAMP);
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0015_working_copies', CURRENT_TIMESTAMP);
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0016_blocks', CURRENT_TIMESTAMP);
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0017_approvals', CURRENT_TIMESTAMP);
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0018_growth', CURRENT_TIMESTAMP);
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0019_in_hand', CURRENT_TIMESTAMP);
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0020_replies_of_actor', CURRENT_TIMESTAMP);
