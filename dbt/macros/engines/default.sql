{#-
  What depends on the warehouse: a form for each macro that is close to standard SQL. PostgreSQL and DuckDB are tested;
  another warehouse needs a file like duckdb.sql with the macros in which it differs, here or in the project that installs
  this package.
-#}

{#- The type of a column of `stage`. -#}
{% macro sql_type(type) %}{{ return(adapter.dispatch('learning360_sql_type', 'learning360')(type)) }}{% endmacro %}

{% macro default__learning360_sql_type(type) %}
{{- return({
    'id': 'text', 'text': 'text', 'integer': 'bigint', 'percent': 'bigint', 'milliseconds': 'bigint', 'number': 'numeric(38, 9)', 'boolean': 'boolean',
    'timestamp': 'timestamp', 'json': json_type(),
}[type]) }}
{% endmacro %}

{#- A text in which each character of `from` is the one of `to` at its place, or gone if there is none. -#}
{% macro mapped(expression, from, to) %}{{ return(adapter.dispatch('learning360_mapped', 'learning360')(expression, from, to)) }}{% endmacro %}

{% macro default__learning360_mapped(expression, from, to) %}{{ return("translate(" ~ expression ~ ", '" ~ from ~ "', '" ~ to ~ "')") }}{% endmacro %}

{#- A text without these characters at its ends. -#}
{% macro without_ends(expression, characters) %}{{ return(adapter.dispatch('learning360_without_ends', 'learning360')(expression, characters)) }}{% endmacro %}

{% macro default__learning360_without_ends(expression, characters) %}{{ return("trim(both '" ~ characters ~ "' from " ~ expression ~ ")") }}{% endmacro %}

{% macro json_type() %}{{ return(adapter.dispatch('learning360_json_type', 'learning360')()) }}{% endmacro %}

{% macro default__learning360_json_type() %}{{ return('json') }}{% endmacro %}

{#- The text at a path of keys; NULL if there is none. -#}
{% macro json_text(expression, path) %}{{ return(adapter.dispatch('learning360_json_text', 'learning360')(expression, path)) }}{% endmacro %}

{% macro default__learning360_json_text(expression, path) %}
{{- return("json_extract_scalar(" ~ expression ~ ", '$." ~ path | join('.') ~ "')") }}
{% endmacro %}

{#- The elements of an array for a lateral join: `item.value`, and `item.position` from 1. None if it is not an array. -#}
{% macro json_elements(column) %}{{ return(adapter.dispatch('learning360_json_elements', 'learning360')(column)) }}{% endmacro %}

{% macro default__learning360_json_elements(column) %}
{{- return("unnest(json_extract_array(" ~ column ~ ")) with ordinality as item (value, position)") }}
{% endmacro %}

{#- An element that is a plain string. -#}
{% macro json_string(expression) %}{{ return(adapter.dispatch('learning360_json_string', 'learning360')(expression)) }}{% endmacro %}

{% macro default__learning360_json_string(expression) %}{{ return("json_extract_scalar(" ~ expression ~ ", '$')") }}{% endmacro %}

{% macro matches(expression, pattern) %}{{ return(adapter.dispatch('learning360_matches', 'learning360')(expression, pattern)) }}{% endmacro %}

{% macro default__learning360_matches(expression, pattern) %}{{ return("regexp_like(" ~ expression ~ ", '" ~ pattern ~ "')") }}{% endmacro %}

{#- Replaces every match of a pattern. -#}
{% macro replace_all(expression, pattern, by) %}{{ return(adapter.dispatch('learning360_replace_all', 'learning360')(expression, pattern, by)) }}{% endmacro %}

{% macro default__learning360_replace_all(expression, pattern, by) %}
{{- return("regexp_replace(" ~ expression ~ ", '" ~ pattern ~ "', '" ~ by ~ "')") }}
{% endmacro %}

{#- A text in Unicode's composed form (NFC): é is one character, not e and an accent. -#}
{% macro composed(expression) %}{{ return(adapter.dispatch('learning360_composed', 'learning360')(expression)) }}{% endmacro %}

{% macro default__learning360_composed(expression) %}{{ return('normalize(' ~ expression ~ ', nfc)') }}{% endmacro %}

{#- A text without the accents of its letters. -#}
{% macro without_accents(expression) %}{{ return(adapter.dispatch('learning360_without_accents', 'learning360')(expression)) }}{% endmacro %}

{% macro default__learning360_without_accents(expression) %}
{{- return(replace_all('normalize(' ~ expression ~ ', nfd)', '[\u0300-\u036f]', '')) }}
{% endmacro %}

{#- A text that sorts by its bytes, so that every database has the same order. -#}
{% macro by_bytes(expression) %}{{ return(adapter.dispatch('learning360_by_bytes', 'learning360')(expression)) }}{% endmacro %}

{% macro default__learning360_by_bytes(expression) %}{{ return(expression) }}{% endmacro %}

{#- A whole number in the largest type that has no fraction. -#}
{% macro whole(expression) %}{{ return(adapter.dispatch('learning360_whole', 'learning360')(expression)) }}{% endmacro %}

{% macro default__learning360_whole(expression) %}{{ return('cast(' ~ expression ~ ' as numeric(38, 0))') }}{% endmacro %}

{#- The whole part of a quotient of two results of `whole`. -#}
{% macro whole_part(numerator, denominator) %}{{ return(adapter.dispatch('learning360_whole_part', 'learning360')(numerator, denominator)) }}{% endmacro %}

{% macro default__learning360_whole_part(numerator, denominator) %}{{ return('floor((' ~ numerator ~ ') / (' ~ denominator ~ '))') }}{% endmacro %}

{#- A text with the form of an instant (see `instant_of_text`) as a timestamp in UTC. -#}
{% macro parsed_instant(text) %}{{ return(adapter.dispatch('learning360_parsed_instant', 'learning360')(text)) }}{% endmacro %}

{% macro default__learning360_parsed_instant(text) %}{{ return("cast(" ~ text ~ " as timestamp with time zone) at time zone 'UTC'") }}{% endmacro %}

{#- A timestamp in UTC as local time in a zone, an expression. -#}
{% macro at_zone(instant, zone) %}{{ return(adapter.dispatch('learning360_at_zone', 'learning360')(instant, zone)) }}{% endmacro %}

{% macro default__learning360_at_zone(instant, zone) %}{{ return("((" ~ instant ~ ") at time zone 'UTC' at time zone " ~ zone ~ ")") }}{% endmacro %}

{#- The names of the time zones that the database knows: a query with the column `name`. -#}
{% macro time_zones() %}{{ return(adapter.dispatch('learning360_time_zones', 'learning360')()) }}{% endmacro %}

{% macro default__learning360_time_zones() %}{{ return("select name from pg_timezone_names") }}{% endmacro %}

{#- The seconds from one instant to another. -#}
{% macro seconds_between(start_at, end_at) %}{{ return(adapter.dispatch('learning360_seconds_between', 'learning360')(start_at, end_at)) }}{% endmacro %}

{% macro default__learning360_seconds_between(start_at, end_at) %}{{ return('extract(epoch from (' ~ end_at ~ ' - ' ~ start_at ~ '))') }}{% endmacro %}

{#- The numbers from 1 to `last` as a table with the column `n`. -#}
{% macro numbers(last) %}{{ return(adapter.dispatch('learning360_numbers', 'learning360')(last)) }}{% endmacro %}

{% macro default__learning360_numbers(last) %}{{ return('generate_series(1, ' ~ last ~ ') as numbers (n)') }}{% endmacro %}

{#- The most columns that a table of texts of any length may have; none without a limit. -#}
{% macro most_columns() %}{{ return(adapter.dispatch('learning360_most_columns', 'learning360')()) }}{% endmacro %}

{% macro default__learning360_most_columns() %}{{ return(none) }}{% endmacro %}

{#- Whether tables may have indexes. -#}
{% macro has_indexes() %}{{ return(adapter.dispatch('learning360_has_indexes', 'learning360')()) }}{% endmacro %}

{% macro default__learning360_has_indexes() %}{{ return(false) }}{% endmacro %}

{#- What to run after a table was built, so that the next query knows its size; empty if the database counts by itself. -#}
{% macro after_build(relation) %}{{ return(adapter.dispatch('learning360_after_build', 'learning360')(relation)) }}{% endmacro %}

{% macro default__learning360_after_build(relation) %}{{ return('') }}{% endmacro %}
