#pragma once

// As much of libpq 5 as is used here, declared as its header does, which need not be there to build. The numbers are
// part of its binary interface.

typedef struct pg_conn pg_conn;
typedef struct pg_result pg_result;

enum {
    akin_pg_connection_ok = 0,
    akin_pg_command_ok = 1,
    akin_pg_tuples_ok = 2,
    akin_pg_copy_out = 3,
    akin_pg_copy_in = 4,
    akin_pg_transaction_idle = 0,
    akin_pg_field_sqlstate = 'C',
    akin_pg_field_primary = 'M',
};

#define AKIN_PG_FUNCTIONS(EACH)                                                                                        \
    EACH(pg_conn *, PQconnectdbParams, (const char *const *, const char *const *, int))                                \
    EACH(int, PQstatus, (const pg_conn *))                                                                             \
    EACH(char *, PQerrorMessage, (const pg_conn *))                                                                    \
    EACH(int, PQconnectionNeedsPassword, (const pg_conn *))                                                            \
    EACH(int, PQtransactionStatus, (const pg_conn *))                                                                  \
    EACH(void *, PQsetNoticeProcessor, (pg_conn *, void (*)(void *, const char *), void *))                            \
    EACH(void, PQfinish, (pg_conn *))                                                                                  \
    EACH(pg_result *, PQexecParams,                                                                                    \
         (pg_conn *, const char *, int, const unsigned *, const char *const *, const int *, const int *, int))         \
    EACH(pg_result *, PQgetResult, (pg_conn *))                                                                        \
    EACH(int, PQresultStatus, (const pg_result *))                                                                     \
    EACH(char *, PQresultErrorField, (const pg_result *, int))                                                         \
    EACH(int, PQntuples, (const pg_result *))                                                                          \
    EACH(char *, PQgetvalue, (const pg_result *, int, int))                                                            \
    EACH(int, PQgetlength, (const pg_result *, int, int))                                                              \
    EACH(int, PQgetisnull, (const pg_result *, int, int))                                                              \
    EACH(char *, PQcmdTuples, (pg_result *))                                                                           \
    EACH(void, PQclear, (pg_result *))                                                                                 \
    EACH(int, PQputCopyData, (pg_conn *, const char *, int))                                                           \
    EACH(int, PQputCopyEnd, (pg_conn *, const char *))                                                                 \
    EACH(int, PQgetCopyData, (pg_conn *, char **, int))                                                                \
    EACH(void, PQfreemem, (void *))

#define AKIN_PG_POINTER(RESULT, NAME, PARAMETERS) RESULT(*NAME) PARAMETERS;
typedef struct {
    AKIN_PG_FUNCTIONS(AKIN_PG_POINTER)
} akin_pg_library;

// The library, opened at the first call: the file that AKIN_LIBPQ in the environment names, or the system's. NULL where
// it is not there or lacks a function.
const akin_pg_library *akin_pg_open(void);

// A notice processor that says nothing.
void akin_pg_ignore(void *context, const char *message);
