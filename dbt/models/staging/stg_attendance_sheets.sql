{{ stage('attendance_sheets', key=['_id'], columns=[
    ['_id', 'sheet_id', 'text'],
    ['classroomSlotId', 'slot_id', 'text'],
    ['classroomId', 'classroom_id', 'text'],
    ['classroomSlotEndDate', 'classroom_slot_end_at', 'timestamp'],
    ['classroomSlotCreatedAt', 'classroom_slot_created_at', 'timestamp'],
    ['classroomSlotModifiedAt', 'classroom_slot_modified_at', 'timestamp'],
    ['name', 'name', 'text'],
    ['status', 'status', 'text'],
    ['checkInCode', 'check_in_code', 'text'],
    ['personalizedFields', 'personalized_fields', 'json'],
]) }}
