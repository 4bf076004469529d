-- What a litwatch of the first layout had filed by Thursday 2026-11-19: made up, and frozen like layout_0001.
-- For SQLite and PostgreSQL alike; test_migrations.py binds the records and the message.
INSERT INTO watch (name, query, translation, first_good_run, last_good_run)
VALUES ('ketamine', 'ketamine', 'ketamine', '2026-11-02T05:00:00.000000Z', '2026-11-19T05:00:00.000000Z');

INSERT INTO paper (pmid, record, content_hash, status, create_date, fetched_at, gone)
VALUES (99000101, :record_99000101, 'hash-of-101', 'MEDLINE', '2026-11-09', '2026-11-10T05:00:02.000000Z', NULL);

INSERT INTO paper (pmid, record, content_hash, status, create_date, fetched_at, gone)
VALUES (99000102, :record_99000102, 'hash-of-102', 'Publisher', '2026-11-10', '2026-11-11T05:00:02.000000Z', NULL);

INSERT INTO paper (pmid, record, content_hash, status, create_date, fetched_at, gone)
VALUES (99000103, :record_99000103, 'hash-of-103', 'MEDLINE', '2026-11-11', '2026-11-12T05:00:02.000000Z', NULL);

INSERT INTO paper (pmid, record, content_hash, status, create_date, fetched_at, gone)
VALUES (99000104, :record_99000104, 'hash-of-104', 'MEDLINE', '2026-11-12', '2026-11-13T05:00:02.000000Z', NULL);

INSERT INTO paper (pmid, record, content_hash, status, create_date, fetched_at, gone)
VALUES (99000105, :record_99000105, 'hash-of-105', 'MEDLINE', '2026-11-13', '2026-11-14T05:00:02.000000Z', NULL);

INSERT INTO paper (pmid, record, content_hash, status, create_date, fetched_at, gone)
VALUES (99000109, :record_99000109, 'hash-of-109', 'Publisher', '2026-11-14', '2026-11-15T05:00:02.000000Z', NULL);

INSERT INTO paper (pmid, record, content_hash, status, create_date, fetched_at, gone)
VALUES (99000111, :record_99000111, 'hash-of-111', 'Publisher', '2026-11-15', '2026-11-16T05:00:02.000000Z', 'deleted');

INSERT INTO paper (pmid, record, content_hash, status, create_date, fetched_at, gone)
VALUES (99000112, :record_99000112, 'hash-of-112', 'MEDLINE', '2026-11-16', '2026-11-17T05:00:02.000000Z', NULL);

INSERT INTO arrival (watch, pmid, state, first_seen, arrived_at, unmatched_since, wanted_tries)
VALUES ('ketamine', 99000101, 'new', '2026-11-10T05:00:01.000000Z', '2026-11-10T05:00:01.000000Z', NULL, 0);

INSERT INTO arrival (watch, pmid, state, first_seen, arrived_at, unmatched_since, wanted_tries)
VALUES ('ketamine', 99000102, 'new', '2026-11-18T05:00:01.000000Z', '2026-11-18T05:00:01.000000Z', NULL, 0);

INSERT INTO arrival (watch, pmid, state, first_seen, arrived_at, unmatched_since, wanted_tries)
VALUES ('ketamine', 99000103, 'late', '2026-11-18T05:00:01.000000Z', '2026-11-18T05:00:01.000000Z', NULL, 0);

INSERT INTO arrival (watch, pmid, state, first_seen, arrived_at, unmatched_since, wanted_tries)
VALUES ('ketamine', 99000104, 'old', '2026-11-18T05:00:01.000000Z', '2026-11-18T05:00:01.000000Z', NULL, 0);

INSERT INTO arrival (watch, pmid, state, first_seen, arrived_at, unmatched_since, wanted_tries)
VALUES ('ketamine', 99000105, 'by-edit', '2026-11-18T05:00:01.000000Z', '2026-11-18T05:00:01.000000Z', NULL, 0);

INSERT INTO arrival (watch, pmid, state, first_seen, arrived_at, unmatched_since, wanted_tries)
VALUES ('ketamine', 99000106, 'backlog', '2026-11-02T05:00:01.000000Z', '2026-11-02T05:00:01.000000Z', NULL, 0);

INSERT INTO arrival (watch, pmid, state, first_seen, arrived_at, unmatched_since, wanted_tries)
VALUES ('ketamine', 99000109, 'new', '2026-11-12T05:00:01.000000Z', '2026-11-12T05:00:01.000000Z', NULL, 0);

INSERT INTO arrival (watch, pmid, state, first_seen, arrived_at, unmatched_since, wanted_tries)
VALUES ('ketamine', 99000111, 'new', '2026-11-17T05:00:01.000000Z', '2026-11-17T05:00:01.000000Z', '2026-11-18T05:00:01.000000Z', 0);

INSERT INTO arrival (watch, pmid, state, first_seen, arrived_at, unmatched_since, wanted_tries)
VALUES ('ketamine', 99000112, 'new', '2026-11-05T05:00:01.000000Z', '2026-11-05T05:00:01.000000Z', NULL, 0);

INSERT INTO arrival (watch, pmid, state, first_seen, wanted_reason, wanted_tries, wanted_since)
VALUES ('ketamine', 99000107, 'wanted', '2026-11-19T05:00:01.000000Z', 'PubMed lists it but did not send it', 2,
    '2026-11-19T05:00:01.000000Z');

INSERT INTO arrival (watch, pmid, state, first_seen, wanted_tries, arrives_as)
VALUES ('ketamine', 99000108, 'held', '2026-11-19T05:00:01.000000Z', 0, NULL);

INSERT INTO finding (watch, pmid, document, rules_hash, content_hash, failure)
VALUES ('ketamine', 99000101, '{"relevant": true, "design": "rct", "setting": "treatment"}', 'rules', 'hash-of-101', NULL);

INSERT INTO finding (watch, pmid, document, rules_hash, content_hash, failure)
VALUES ('ketamine', 99000102, '{"relevant": true, "design": "rct", "setting": "treatment"}', 'rules', 'hash-of-102', NULL);

INSERT INTO finding (watch, pmid, document, rules_hash, content_hash, failure)
VALUES ('ketamine', 99000103, '{"relevant": true, "design": "rct", "setting": "treatment"}', 'rules', 'hash-of-103', NULL);

INSERT INTO finding (watch, pmid, document, rules_hash, content_hash, failure)
VALUES ('ketamine', 99000104, '{"relevant": true, "design": "rct", "setting": "treatment"}', 'rules', 'hash-of-104', NULL);

INSERT INTO finding (watch, pmid, document, rules_hash, content_hash, failure)
VALUES ('ketamine', 99000105, NULL, 'rules', 'hash-of-105', 'ValueError: a made-up failure');

INSERT INTO finding (watch, pmid, document, rules_hash, content_hash, failure)
VALUES ('ketamine', 99000109, '{"relevant": true, "design": "rct", "setting": "treatment"}', 'rules', 'hash-of-109', NULL);

INSERT INTO finding (watch, pmid, document, rules_hash, content_hash, failure)
VALUES ('ketamine', 99000111, '{"relevant": true, "design": "rct", "setting": "treatment"}', 'rules', 'hash-of-111', NULL);

INSERT INTO finding (watch, pmid, document, rules_hash, content_hash, failure)
VALUES ('ketamine', 99000112, '{"relevant": true, "design": "rct", "setting": "treatment"}', 'rules', 'hash-of-112', NULL);

INSERT INTO tag (watch, pmid, topic, spans)
VALUES ('ketamine', 99000101, 'efficacy', '[{"field": "title", "start": 0, "end": 5, "text": "Paper"}]');

INSERT INTO tag (watch, pmid, topic, spans)
VALUES ('ketamine', 99000102, 'efficacy', '[{"field": "title", "start": 0, "end": 5, "text": "Paper"}]');

INSERT INTO notice (pmid, kind, notice_pmid, date, source, first_seen)
VALUES (99000102, 'retraction', 99000190, '2026 Nov 18', 'J. 2026 Nov 18;1: 1', '2026-11-19T05:00:03.000000Z');

INSERT INTO notice (pmid, kind, notice_pmid, date, source, first_seen)
VALUES (99000112, 'erratum', 0, '2026 Nov 6', 'J. 2026 Nov 6;1: 2', '2026-11-07T05:00:03.000000Z');

INSERT INTO subscription (subscriber, watch, since, standing, standing_since)
VALUES ('you@example.org', 'ketamine', '2026-11-02T05:00:00.000000Z', 'active', '2026-11-02T05:00:00.000000Z');

INSERT INTO subscription (subscriber, watch, since, standing, standing_since)
VALUES ('colleague@example.org', 'ketamine', '2026-11-02T05:00:00.000000Z', 'active', '2026-11-02T05:00:00.000000Z');

INSERT INTO subscription (subscriber, watch, since, standing, standing_since)
VALUES ('gone@example.org', 'ketamine', '2026-11-02T05:00:00.000000Z', 'unsubscribed', '2026-11-02T05:00:00.000000Z');

INSERT INTO claim (subscriber, watch, period, claimed_at, message_id, envelope_from, message, state, attempts,
    next_attempt, last_error, sent_at)
VALUES ('you@example.org', 'ketamine', '2026-W47', '2026-11-16T07:00:00.000000Z', '<1@clinic.example>', 'bounce@clinic.example',
    :message, 'sent', 1, NULL, NULL, '2026-11-16T07:00:02.000000Z');

INSERT INTO claim (subscriber, watch, period, claimed_at, message_id, envelope_from, message, state, attempts,
    next_attempt, last_error, sent_at)
VALUES ('colleague@example.org', 'ketamine', '2026-W46', '2026-11-09T07:00:00.000000Z', '<2@clinic.example>', 'bounce@clinic.example',
    :message, 'given-up', 9, NULL, '550 no such mailbox', NULL);

INSERT INTO claim (subscriber, watch, period, claimed_at, message_id, envelope_from, message, state, attempts,
    next_attempt, last_error, sent_at)
VALUES ('colleague@example.org', 'ketamine', '2026-W47', '2026-11-16T07:00:00.000000Z', '<3@clinic.example>', 'bounce@clinic.example',
    :message, 'open', 2, '2026-11-16T11:00:00.000000Z', '451 try later', NULL);

INSERT INTO claim_paper (claim, pmid)
SELECT id, 99000101 FROM claim WHERE subscriber = 'you@example.org' AND period = '2026-W47';

INSERT INTO claim_paper (claim, pmid)
SELECT id, 99000109 FROM claim WHERE subscriber = 'you@example.org' AND period = '2026-W47';

INSERT INTO claim_paper (claim, pmid)
SELECT id, 99000112 FROM claim WHERE subscriber = 'you@example.org' AND period = '2026-W47';

INSERT INTO claim_paper (claim, pmid)
SELECT id, 99000112 FROM claim WHERE subscriber = 'colleague@example.org' AND period = '2026-W46';

INSERT INTO claim_paper (claim, pmid)
SELECT id, 99000101 FROM claim WHERE subscriber = 'colleague@example.org' AND period = '2026-W47';

INSERT INTO claim_paper (claim, pmid)
SELECT id, 99000109 FROM claim WHERE subscriber = 'colleague@example.org' AND period = '2026-W47';

INSERT INTO claim_notice (claim, pmid, kind, notice_pmid)
SELECT id, 99000112, 'erratum', 0 FROM claim WHERE subscriber = 'you@example.org' AND period = '2026-W47';

INSERT INTO receipt (job, watch, started_at, finished_at, ok, document)
VALUES ('collect', 'ketamine', '2026-11-19T05:00:00.000000Z', '2026-11-19T05:00:04.000000Z', true,
    '{"job": "collect", "started_at": "2026-11-19T05:00:00+00:00", "ok": true, "requests": 4, "failures": []}');

INSERT INTO receipt (job, watch, started_at, finished_at, ok, document)
VALUES ('refresh', NULL, '2026-11-19T05:00:00.000000Z', '2026-11-19T05:00:04.000000Z', true,
    '{"job": "refresh", "started_at": "2026-11-19T05:00:00+00:00", "ok": true, "requests": 4, "failures": []}');

INSERT INTO receipt (job, watch, started_at, finished_at, ok, document)
VALUES ('deliver', NULL, '2026-11-19T05:00:00.000000Z', '2026-11-19T05:00:04.000000Z', false,
    '{"job": "deliver", "started_at": "2026-11-19T05:00:00+00:00", "ok": false, "requests": 4, "failures": []}');
