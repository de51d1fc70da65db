{#- What every mart has: an index on its key, and SELECT for the readers of `learning360_readers`. -#}
{% macro mart(key=none) %}
{%- set readers = [] %}
{%- for name in names_of(var('learning360_readers')) %}{% do readers.append(adapter.quote(name)) %}{% endfor %}
{{- config(indexes=key_index(key) if key else [], grants={'select': readers} if readers else {}) }}
{% endmacro %}

{% macro key_index(columns) %}
{{- return([{'columns': ['source_relation'] + columns, 'unique': false}] if has_indexes() else []) }}
{% endmacro %}
