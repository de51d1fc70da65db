{{ stage('skill_powers', key=['_id'], columns=[
    ['_id', 'skill_power_id', 'id'],
    ['externalId', 'source_external_id', 'id'],
    ['skillId', 'skill_id', 'id'],
    ['skillExternalId', 'skill_external_id', 'id'],
    ['userId', 'user_id', 'id'],
    ['createdAt', 'created_at', 'timestamp'],
    ['updatedAt', 'updated_at', 'timestamp'],
    ['status', 'status', 'id'],
    ['qualifiers', 'qualifiers', 'json'],
], used=false) }}
