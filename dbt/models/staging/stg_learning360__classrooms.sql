{{ stage('classrooms', key=['_id'], columns=[
    ['_id', 'classroom_id', 'id'],
    ['groupId', 'group_id', 'id'],
    ['createdAt', 'created_at', 'timestamp'],
    ['name', 'name', 'text'],
    ['mediaIds', 'media_ids', 'json'],
    ['message', 'message', 'text'],
    ['modifiedAt', 'modified_at', 'timestamp'],
    ['trainingObjective', 'training_objective', 'text'],
]) }}
