-- Written by scripts/snapshot from the migrations.
CREATE TABLE "tortoise_migrations" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "app" VARCHAR(255) NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "applied_at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_tortoise_mi_app_3803a5" UNIQUE ("app", "name")
);
CREATE TABLE "activity" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "key" VARCHAR(40) NOT NULL UNIQUE,
    "type" VARCHAR(20) NOT NULL,
    "object_uri" VARCHAR(2048) NOT NULL,
    "body" BLOB NOT NULL,
    "created_at" BIGINT NOT NULL
, "forwarded" INT NOT NULL DEFAULT 0, "key_id" VARCHAR(2048) NOT NULL DEFAULT '');
CREATE INDEX "activity_by_object" ON "activity" ("object_uri");
CREATE TABLE "actor" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "uri" VARCHAR(2048) NOT NULL UNIQUE,
    "authority" VARCHAR(300) NOT NULL,
    "type" VARCHAR(100) NOT NULL,
    "username" VARCHAR(200) NOT NULL,
    "handle" VARCHAR(500) NOT NULL,
    "handle_at" BIGINT,
    "name" VARCHAR(500) NOT NULL,
    "page_url" VARCHAR(2048) NOT NULL,
    "icon_url" VARCHAR(2048) NOT NULL,
    "avatar" VARCHAR(100) NOT NULL,
    "avatar_at" BIGINT,
    "inbox" VARCHAR(2048) NOT NULL,
    "shared_inbox" VARCHAR(2048) NOT NULL,
    "fetched_at" BIGINT NOT NULL,
    "gone_at" BIGINT
, "block_id" VARCHAR(2048) NOT NULL DEFAULT '', "blocks_us_at" BIGINT, "emojis" TEXT NOT NULL DEFAULT '', "moved_at" BIGINT, "moved_to" VARCHAR(2048) NOT NULL DEFAULT '', "allowed_at" BIGINT, "created_at" BIGINT, "handle_key" VARCHAR(500) NOT NULL DEFAULT '');
CREATE INDEX "actor_avatar_due" ON "actor" ("avatar_at");
CREATE TABLE "actor_key" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "key_id" VARCHAR(2048) NOT NULL UNIQUE,
    "pem" TEXT NOT NULL,
    "fetched_at" BIGINT NOT NULL,
    "actor_id" BIGINT NOT NULL REFERENCES "actor" ("id") ON DELETE RESTRICT
);
CREATE TABLE "arrival" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "signature_hash" VARCHAR(64) NOT NULL UNIQUE,
    "activity_id" VARCHAR(2048) NOT NULL,
    "type" VARCHAR(100) NOT NULL,
    "actor_uri" VARCHAR(2048) NOT NULL,
    "authority" VARCHAR(300) NOT NULL,
    "body" BLOB,
    "received_at" BIGINT NOT NULL,
    "lane" VARCHAR(64) NOT NULL,
    "state" VARCHAR(12) NOT NULL,
    "reason" TEXT NOT NULL,
    "attempts" INT NOT NULL,
    "next_at" BIGINT NOT NULL,
    "lease_until" BIGINT NOT NULL
, "pointer" INT NOT NULL DEFAULT 0, "object_id" VARCHAR(2048) NOT NULL DEFAULT '');
CREATE INDEX "arrival_due" ON "arrival" ("state", "next_at");
CREATE INDEX "arrival_by_time" ON "arrival" ("received_at");
CREATE INDEX "arrival_by_lane" ON "arrival" ("lane", "state");
CREATE TABLE "delivery" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "inbox" VARCHAR(2048) NOT NULL,
    "authority" VARCHAR(300) NOT NULL,
    "lane" VARCHAR(64) NOT NULL,
    "state" VARCHAR(12) NOT NULL,
    "attempts" INT NOT NULL,
    "next_at" BIGINT NOT NULL,
    "lease_until" BIGINT NOT NULL,
    "last_status" INT,
    "last_answer" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "finished_at" BIGINT,
    "activity_id" BIGINT NOT NULL REFERENCES "activity" ("id") ON DELETE RESTRICT,
    CONSTRAINT "uid_delivery_activit_f10fc6" UNIQUE ("activity_id", "inbox")
);
CREATE INDEX "delivery_due" ON "delivery" ("state", "next_at");
CREATE INDEX "delivery_by_lane" ON "delivery" ("lane", "state");
CREATE INDEX "delivery_by_authority" ON "delivery" ("authority", "state");
CREATE TABLE "follower" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "follow_id" VARCHAR(2048) NOT NULL,
    "since" BIGINT NOT NULL,
    "actor_id" BIGINT NOT NULL UNIQUE REFERENCES "actor" ("id") ON DELETE RESTRICT
, "check_at" BIGINT);
CREATE TABLE "post" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "key" VARCHAR(40) NOT NULL UNIQUE,
    "slug" VARCHAR(120) NOT NULL UNIQUE,
    "state" VARCHAR(12) NOT NULL,
    "title" VARCHAR(300) NOT NULL,
    "source" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "excerpt" TEXT NOT NULL,
    "language" VARCHAR(35) NOT NULL,
    "created_at" BIGINT NOT NULL,
    "published_at" BIGINT,
    "updated_at" BIGINT,
    "deleted_at" BIGINT,
    "version" BIGINT NOT NULL
, "gallery" INT NOT NULL DEFAULT 0, "mentions" TEXT NOT NULL DEFAULT '', "pinned_at" BIGINT, "category" VARCHAR(100) NOT NULL DEFAULT '', "category_slug" VARCHAR(120) NOT NULL DEFAULT '', "contents" INT NOT NULL DEFAULT 0, "lead_id" BIGINT REFERENCES "medium" ("id") ON DELETE RESTRICT, "lead_alt" TEXT NOT NULL DEFAULT '', "lead_caption" TEXT NOT NULL DEFAULT '', "licence" VARCHAR(40) NOT NULL DEFAULT '', "source_line" TEXT NOT NULL DEFAULT '', "words" INT NOT NULL DEFAULT 0, "close_after" INT, "comment_policy" VARCHAR(12) NOT NULL DEFAULT '', "delete_at" BIGINT, "edited_at" BIGINT, "note" TEXT NOT NULL DEFAULT '', "publish_at" BIGINT, "resent_at" BIGINT, "warning" TEXT NOT NULL DEFAULT '');
CREATE INDEX "post_by_date" ON "post" ("state", "published_at");
CREATE TABLE "post_slug" (
    "slug" VARCHAR(120) NOT NULL  PRIMARY KEY,
    "post_id" BIGINT NOT NULL REFERENCES "post" ("id") ON DELETE RESTRICT
);
CREATE TABLE "post_tag" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "slug" VARCHAR(120) NOT NULL,
    "name" VARCHAR(100) NOT NULL,
    "post_id" BIGINT NOT NULL REFERENCES "post" ("id") ON DELETE RESTRICT, "published_at" BIGINT,
    CONSTRAINT "uid_post_tag_post_id_402803" UNIQUE ("post_id", "slug")
);
CREATE TABLE "reply" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "uri" VARCHAR(2048) NOT NULL UNIQUE,
    "key" VARCHAR(40)  UNIQUE,
    "branch_id" BIGINT,
    "depth" INT NOT NULL,
    "in_reply_to" VARCHAR(2048) NOT NULL,
    "state" VARCHAR(12) NOT NULL,
    "public" INT NOT NULL,
    "html" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "warning" TEXT NOT NULL,
    "language" VARCHAR(35) NOT NULL,
    "page_url" VARCHAR(2048) NOT NULL,
    "mentions" TEXT NOT NULL,
    "published_at" BIGINT NOT NULL,
    "updated_at" BIGINT,
    "received_at" BIGINT NOT NULL,
    "fetch_at" BIGINT,
    "fetch_attempts" INT NOT NULL,
    "lease_until" BIGINT NOT NULL,
    "actor_id" BIGINT NOT NULL REFERENCES "actor" ("id") ON DELETE RESTRICT,
    "parent_id" BIGINT REFERENCES "reply" ("id") ON DELETE RESTRICT,
    "post_id" BIGINT REFERENCES "post" ("id") ON DELETE RESTRICT
, "attachments" TEXT NOT NULL DEFAULT '', "conversation" VARCHAR(2048) NOT NULL DEFAULT '', "emojis" TEXT NOT NULL DEFAULT '', "replies_url" VARCHAR(2048) NOT NULL DEFAULT '', "context_url" VARCHAR(2048) NOT NULL DEFAULT '', "orphan" INT NOT NULL DEFAULT 0, "poll" TEXT NOT NULL DEFAULT '', "proof_body" BLOB, "sensitive" INT NOT NULL DEFAULT 0, "likes" INT NOT NULL DEFAULT 0, "version" BIGINT NOT NULL DEFAULT 0, "shows" INT NOT NULL DEFAULT 0, "reason" TEXT NOT NULL DEFAULT '', "before_rule" VARCHAR(12) NOT NULL DEFAULT '', "fingerprint" VARCHAR(32) NOT NULL DEFAULT '', "hidden_by" BIGINT, "approval_key" VARCHAR(40), "request_id" VARCHAR(2048) NOT NULL DEFAULT '');
CREATE INDEX "reply_waiting_for" ON "reply" ("in_reply_to", "state");
CREATE INDEX "reply_by_state" ON "reply" ("state", "received_at");
CREATE INDEX "reply_fetch_due" ON "reply" ("fetch_at");
CREATE TABLE "session" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "token_hash" VARCHAR(64) NOT NULL UNIQUE,
    "csrf" VARCHAR(64) NOT NULL,
    "created_at" BIGINT NOT NULL,
    "used_at" BIGINT NOT NULL
, "address" VARCHAR(64) NOT NULL DEFAULT '', "browser" VARCHAR(100) NOT NULL DEFAULT '', "confirmed_at" BIGINT NOT NULL DEFAULT 0);
CREATE TABLE "setting" (
    "name" VARCHAR(60) NOT NULL  PRIMARY KEY,
    "value" TEXT NOT NULL
);
CREATE TABLE "tombstone" (
    "mark" VARCHAR(64) NOT NULL  PRIMARY KEY,
    "uri" VARCHAR(2048) NOT NULL,
    "deleted_at" BIGINT NOT NULL
);
CREATE INDEX "tombstone_by_uri" ON "tombstone" ("uri");
CREATE TABLE "collection" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "reply_id" BIGINT,
    "url" VARCHAR(2048) NOT NULL,
    "authority" VARCHAR(300) NOT NULL,
    "pages" TEXT NOT NULL,
    "walked_at" BIGINT,
    "failures" INT NOT NULL DEFAULT 0,
    "post_id" BIGINT NOT NULL REFERENCES "post" ("id") ON DELETE RESTRICT,
    CONSTRAINT "uid_collection_post_id_0a349a" UNIQUE ("post_id", "url")
);
CREATE INDEX "collection_by_turn" ON "collection" ("post_id", "walked_at");
CREATE INDEX "collection_by_reply" ON "collection" ("reply_id");
CREATE TABLE "dropped_follower" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "reason" TEXT NOT NULL,
    "dropped_at" BIGINT NOT NULL,
    "actor_id" BIGINT NOT NULL REFERENCES "actor" ("id") ON DELETE RESTRICT
);
CREATE INDEX "dropped_by_actor" ON "dropped_follower" ("actor_id");
CREATE TABLE "crawl" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "step" INT NOT NULL,
    "next_at" BIGINT,
    "lease_until" BIGINT NOT NULL DEFAULT 0,
    "round_at" BIGINT,
    "finished_at" BIGINT,
    "asked" INT NOT NULL DEFAULT 0,
    "total" INT NOT NULL DEFAULT 0,
    "found" INT NOT NULL DEFAULT 0,
    "post_id" BIGINT NOT NULL UNIQUE REFERENCES "post" ("id") ON DELETE RESTRICT
);
CREATE INDEX "crawl_due" ON "crawl" ("next_at");
CREATE TABLE "picture" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "name" VARCHAR(64) NOT NULL UNIQUE,
    "url" VARCHAR(2048) NOT NULL,
    "kind" VARCHAR(12) NOT NULL,
    "width" INT,
    "height" INT,
    "fetch_at" BIGINT,
    "attempts" INT NOT NULL DEFAULT 0
);
CREATE INDEX "picture_due" ON "picture" ("fetch_at");
CREATE TABLE "picture_use" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "picture" VARCHAR(64) NOT NULL,
    "owner_kind" VARCHAR(10) NOT NULL,
    "owner_id" BIGINT NOT NULL,
    CONSTRAINT "uid_picture_use_owner_k_fdddf8" UNIQUE ("owner_kind", "owner_id", "picture")
);
CREATE INDEX "picture_use_by_picture" ON "picture_use" ("picture");
CREATE TABLE "quote" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "uri" VARCHAR(2048) NOT NULL UNIQUE,
    "key" VARCHAR(40)  UNIQUE,
    "target_uri" VARCHAR(2048) NOT NULL,
    "target_kind" VARCHAR(10) NOT NULL,
    "target_id" BIGINT NOT NULL,
    "request_id" VARCHAR(2048) NOT NULL,
    "state" VARCHAR(12) NOT NULL,
    "public" INT NOT NULL,
    "text" TEXT NOT NULL,
    "warning" TEXT NOT NULL,
    "language" VARCHAR(35) NOT NULL,
    "page_url" VARCHAR(2048) NOT NULL,
    "published_at" BIGINT NOT NULL,
    "updated_at" BIGINT,
    "received_at" BIGINT NOT NULL,
    "actor_id" BIGINT NOT NULL REFERENCES "actor" ("id") ON DELETE RESTRICT
, "hidden_by" BIGINT);
CREATE INDEX "quote_by_target" ON "quote" ("target_kind", "target_id", "id");
CREATE INDEX "quote_by_actor" ON "quote" ("actor_id");
CREATE TABLE "reply_revision" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "public" INT NOT NULL,
    "html" TEXT NOT NULL,
    "warning" TEXT NOT NULL,
    "language" VARCHAR(35) NOT NULL,
    "written_at" BIGINT NOT NULL,
    "reply_id" BIGINT NOT NULL REFERENCES "reply" ("id") ON DELETE RESTRICT
);
CREATE INDEX "revision_by_reply" ON "reply_revision" ("reply_id", "id");
CREATE TABLE "report" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "activity_id" VARCHAR(2048) NOT NULL,
    "content" TEXT NOT NULL,
    "objects" TEXT NOT NULL,
    "received_at" BIGINT NOT NULL,
    "closed_at" BIGINT,
    "actor_id" BIGINT NOT NULL REFERENCES "actor" ("id") ON DELETE RESTRICT
, "note" TEXT NOT NULL DEFAULT '');
CREATE INDEX "report_open" ON "report" ("closed_at", "id");
CREATE INDEX "actor_blocks_us" ON "actor" ("blocks_us_at");
CREATE INDEX "actor_by_authority" ON "actor" ("authority");
CREATE INDEX "actor_by_destination" ON "actor" ("moved_to");
CREATE INDEX "post_pinned" ON "post" ("pinned_at");
CREATE INDEX "follower_check_due" ON "follower" ("check_at");
CREATE TABLE "reaction" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "kind" VARCHAR(20) NOT NULL,
    "target_uri" VARCHAR(2048) NOT NULL,
    "target_kind" VARCHAR(10) NOT NULL,
    "target_id" BIGINT NOT NULL,
    "activity_id" VARCHAR(2048) NOT NULL,
    "received_at" BIGINT NOT NULL,
    "emoji" VARCHAR(200) NOT NULL DEFAULT '',
    "picture" VARCHAR(64) NOT NULL DEFAULT '',
    "actor_id" BIGINT NOT NULL REFERENCES "actor" ("id") ON DELETE RESTRICT, "hidden_by" BIGINT,
    CONSTRAINT "uid_reaction_actor_i_3aba42" UNIQUE ("actor_id", "kind", "target_kind", "target_id", "emoji")
);
CREATE INDEX "reaction_by_target" ON "reaction" ("target_kind", "target_id", "kind");
CREATE INDEX "reaction_by_activity" ON "reaction" ("activity_id");
CREATE INDEX "reaction_by_picture" ON "reaction" ("picture");
CREATE INDEX "reply_by_conversation" ON "reply" ("conversation");
CREATE TABLE "medium" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "name" VARCHAR(32) NOT NULL UNIQUE,
    "ending" VARCHAR(8) NOT NULL,
    "width" INT NOT NULL,
    "height" INT NOT NULL,
    "widths" TEXT NOT NULL,
    "blur" VARCHAR(100) NOT NULL,
    "created_at" BIGINT NOT NULL
, "alt" TEXT NOT NULL DEFAULT '', "caption" TEXT NOT NULL DEFAULT '', "focus_x" INT NOT NULL DEFAULT 50, "focus_y" INT NOT NULL DEFAULT 50, "kind" VARCHAR(8) NOT NULL DEFAULT 'picture', "size" BIGINT NOT NULL DEFAULT 0, "title" VARCHAR(200) NOT NULL DEFAULT '', "words" TEXT NOT NULL DEFAULT '');
CREATE TABLE "page" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "slug" VARCHAR(120) NOT NULL UNIQUE,
    "state" VARCHAR(12) NOT NULL,
    "title" VARCHAR(300) NOT NULL,
    "source" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "language" VARCHAR(35) NOT NULL,
    "place" INT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "updated_at" BIGINT NOT NULL
);
CREATE TABLE "post_revision" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "title" VARCHAR(300) NOT NULL,
    "source" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "written_at" BIGINT NOT NULL,
    "post_id" BIGINT NOT NULL REFERENCES "post" ("id") ON DELETE RESTRICT
, "public" INT NOT NULL DEFAULT 1);
CREATE INDEX "post_revision_by_post" ON "post_revision" ("post_id");
CREATE INDEX "post_by_category" ON "post" ("category_slug", "published_at");
CREATE INDEX "reply_in_branch" ON "reply" ("post_id", "branch_id", "published_at", "id");
CREATE INDEX "reply_by_time" ON "reply" ("post_id", "depth", "published_at", "id");
CREATE INDEX "reply_by_likes" ON "reply" ("post_id", "depth", "likes", "id");
CREATE INDEX "reply_by_version" ON "reply" ("post_id", "version");
CREATE TABLE "search_due" (
    "entry" BIGINT NOT NULL  PRIMARY KEY
);
CREATE VIRTUAL TABLE search_index USING fts5(title, beside, text, plain UNINDEXED, tokenize = 'ascii');
CREATE INDEX "reply_shown_by_time" ON "reply" ("post_id", "shows", "published_at", "id");
CREATE INDEX "reply_shown_by_likes" ON "reply" ("post_id", "shows", "likes", "id");
CREATE INDEX "reply_states" ON "reply" ("post_id", "state", "branch_id");
CREATE TABLE "api_token" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "token_hash" VARCHAR(64) NOT NULL UNIQUE,
    "name" VARCHAR(100) NOT NULL,
    "scopes" VARCHAR(100) NOT NULL,
    "client" VARCHAR(500) NOT NULL,
    "created_at" BIGINT NOT NULL,
    "used_at" BIGINT
);
CREATE TABLE "attempt" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "at" BIGINT NOT NULL,
    "way" VARCHAR(20) NOT NULL,
    "result" VARCHAR(20) NOT NULL,
    "browser" VARCHAR(100) NOT NULL,
    "address" VARCHAR(64) NOT NULL,
    "times" INT NOT NULL DEFAULT 1
);
CREATE TABLE "passkey" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "credential" VARCHAR(1400) NOT NULL UNIQUE,
    "public_key" BLOB NOT NULL,
    "sign_count" BIGINT NOT NULL,
    "name" VARCHAR(60) NOT NULL,
    "created_at" BIGINT NOT NULL,
    "used_at" BIGINT
);
CREATE TABLE "recovery_code" (
    "code_hash" VARCHAR(64) NOT NULL  PRIMARY KEY
);
CREATE TABLE "ticket" (
    "token_hash" VARCHAR(64) NOT NULL  PRIMARY KEY,
    "kind" VARCHAR(20) NOT NULL,
    "value" TEXT NOT NULL,
    "expires_at" BIGINT NOT NULL
);
CREATE INDEX "ticket_by_end" ON "ticket" ("expires_at");
CREATE TABLE "day_count" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "name" VARCHAR(60) NOT NULL,
    "day" INT NOT NULL,
    "count" BIGINT NOT NULL,
    CONSTRAINT "uid_day_count_name_3ddecf" UNIQUE ("name", "day")
);
CREATE INDEX "day_count_by_day" ON "day_count" ("day");
CREATE TABLE "notification" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "kind" VARCHAR(12) NOT NULL,
    "mark" VARCHAR(400) NOT NULL UNIQUE,
    "about_id" BIGINT,
    "actor_id" BIGINT,
    "words" TEXT NOT NULL,
    "count" INT NOT NULL DEFAULT 1,
    "changed_at" BIGINT NOT NULL,
    "read_at" BIGINT,
    "mailed_at" BIGINT
);
CREATE INDEX "notification_unread" ON "notification" ("read_at", "id");
CREATE INDEX "notification_by_kind" ON "notification" ("kind", "id");
CREATE INDEX "notification_unmailed" ON "notification" ("mailed_at", "changed_at");
CREATE TABLE "pulse" (
    "name" VARCHAR(60) NOT NULL  PRIMARY KEY,
    "beat_at" BIGINT NOT NULL
);
CREATE INDEX "actor_allowed" ON "actor" ("allowed_at");
CREATE TABLE "medium_use" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "name" VARCHAR(32) NOT NULL,
    "owner_kind" VARCHAR(10) NOT NULL,
    "owner_id" BIGINT NOT NULL,
    CONSTRAINT "uid_medium_use_owner_k_e656c6" UNIQUE ("owner_kind", "owner_id", "name")
);
CREATE INDEX "medium_use_by_name" ON "medium_use" ("name");
CREATE TABLE "refusal" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "authority" VARCHAR(300) NOT NULL,
    "reason" VARCHAR(300) NOT NULL,
    "count" BIGINT NOT NULL,
    "first_at" BIGINT NOT NULL,
    "last_at" BIGINT NOT NULL,
    CONSTRAINT "uid_refusal_authori_ac161a" UNIQUE ("authority", "reason")
);
CREATE INDEX "refusal_by_time" ON "refusal" ("last_at");
CREATE INDEX "arrival_by_server" ON "arrival" ("authority", "id");
CREATE INDEX "arrival_by_actor" ON "arrival" ("actor_uri", "id");
CREATE INDEX "arrival_by_state" ON "arrival" ("state", "id");
CREATE INDEX "delivery_by_server" ON "delivery" ("authority", "id");
CREATE INDEX "delivery_by_state" ON "delivery" ("state", "id");
CREATE INDEX "delivery_by_activity" ON "delivery" ("activity_id", "state", "id");
CREATE INDEX "post_publish_due" ON "post" ("publish_at");
CREATE INDEX "post_delete_due" ON "post" ("delete_at");
CREATE TABLE "link_preview" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "url" VARCHAR(2048) NOT NULL UNIQUE,
    "title" VARCHAR(200) NOT NULL DEFAULT '',
    "site" VARCHAR(80) NOT NULL DEFAULT '',
    "excerpt" VARCHAR(200) NOT NULL DEFAULT '',
    "language" VARCHAR(40) NOT NULL DEFAULT '',
    "picture" VARCHAR(64) NOT NULL DEFAULT '',
    "fetch_at" BIGINT,
    "attempts" INT NOT NULL DEFAULT 0
);
CREATE INDEX "link_preview_due" ON "link_preview" ("fetch_at");
CREATE TABLE "link_preview_use" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "preview" BIGINT NOT NULL,
    "owner_kind" VARCHAR(10) NOT NULL,
    "owner_id" BIGINT NOT NULL,
    CONSTRAINT "uid_link_previe_owner_k_b4b030" UNIQUE ("owner_kind", "owner_id", "preview")
);
CREATE INDEX "link_preview_use_by_preview" ON "link_preview_use" ("preview");
CREATE TABLE "working_copy" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "place" VARCHAR(60) NOT NULL,
    "window_key" VARCHAR(40) NOT NULL,
    "based_on" VARCHAR(64) NOT NULL,
    "form" TEXT NOT NULL,
    "saved_at" BIGINT NOT NULL,
    CONSTRAINT "uid_working_cop_place_cae6a7" UNIQUE ("place", "window_key")
);
CREATE TABLE "rule" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "kind" VARCHAR(10) NOT NULL,
    "value" VARCHAR(2048) NOT NULL,
    "label" VARCHAR(500) NOT NULL,
    "action" VARCHAR(10) NOT NULL,
    "note" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "done_at" BIGINT,
    "ended_at" BIGINT,
    CONSTRAINT "uid_rule_kind_c2ebba" UNIQUE ("kind", "value")
);
CREATE TABLE "host" ("authority" VARCHAR(300) NOT NULL  PRIMARY KEY, "failures" INT NOT NULL, "not_before" BIGINT NOT NULL, "last_ok" BIGINT, "last_answer" TEXT NOT NULL, "scheme" VARCHAR(20) NOT NULL DEFAULT '', "strikes" INT NOT NULL DEFAULT 0, "struck_at" BIGINT, "struck_since" BIGINT);
CREATE INDEX "quote_by_rule" ON "quote" ("hidden_by");
CREATE INDEX "reaction_by_rule" ON "reaction" ("hidden_by");
CREATE INDEX "reply_by_rule" ON "reply" ("hidden_by");
CREATE INDEX "reply_alike" ON "reply" ("fingerprint");
CREATE UNIQUE INDEX "uid_reply_approva_a13663" ON "reply" ("approval_key");
CREATE INDEX "actor_by_handle" ON "actor" ("handle_key");
CREATE INDEX "post_by_lead" ON "post" ("lead_id");
CREATE INDEX "post_tag_by_date" ON "post_tag" ("slug", "published_at", "post_id");
CREATE INDEX "reply_in_state" ON "reply" ("state", "id");
CREATE INDEX "reply_beneath" ON "reply" ("parent_id", "post_id", "state", "id");
CREATE INDEX "reply_in_thread" ON "reply" ("post_id", "state", "id");
CREATE INDEX "arrival_in_hand" ON "arrival" ("state", "lease_until");
CREATE INDEX "reply_of_actor" ON "reply" ("actor_id", "state");
CREATE INDEX "actor_key_of_actor" ON "actor_key" ("actor_id");
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0001_initial', strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'));
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0002_whole_fediverse', strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'));
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0003_reading', strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'));
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0004_conversation', strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'));
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0005_search', strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'));
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0006_branches', strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'));
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0007_post_pictures', strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'));
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0008_access', strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'));
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0009_knowing', strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'));
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0010_deciding', strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'));
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0011_media', strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'));
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0012_watching', strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'));
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0013_lifecycle', strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'));
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0014_link_previews', strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'));
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0015_working_copies', strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'));
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0016_blocks', strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'));
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0017_approvals', strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'));
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0018_growth', strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'));
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0019_in_hand', strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'));
INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('fediblog', '0020_replies_of_actor', strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'));
