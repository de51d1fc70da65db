{{ stage('skill_powers', key=['_id'], columns=[
    ['_id', 'skill_power_id', 'text'],
    ['externalId', 'source_external_id', 'text'],
    ['skillId', 'skill_id', 'text'],
    ['skillExternalId', 'skill_external_id', 'text'],
    ['userId', 'user_id', 'text'],
    ['createdAt', 'created_at', 'timestamp'],
    ['updatedAt', 'updated_at', 'timestamp'],
    ['status', 'status', 'text'],
    ['qualifiers', 'qualifiers', 'json'],
]) }}
